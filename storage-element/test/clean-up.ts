// Для проверок: уборка в обратном порядке — сперва остановить процесс, потом убрать его каталог.
// Свои хуки node:test зовёт в порядке объявления, и каталог пропал бы раньше процесса.
import type { TestContext } from 'node:test';

const jobs = new WeakMap<TestContext, (() => unknown)[]>();

export function cleanUp(t: TestContext, job: () => unknown): void {
  const known = jobs.get(t);
  if (known !== undefined) {
    known.push(job);
    return;
  }
  const list = [job];
  jobs.set(t, list);
  t.after(async () => {
    for (const next of list.toReversed()) await next();
  });
}
