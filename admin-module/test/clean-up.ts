// Уборка после проверки в обратном порядке: сперва остановить то, что пользуется, потом то, чем пользуются.
// Свой стек нужен потому, что t.after зовёт уборщиков в порядке появления.
import type { TestContext } from 'node:test';

const stacks = new WeakMap<TestContext, (() => unknown)[]>();

export function cleanUp(t: TestContext, work: () => unknown): void {
  const known = stacks.get(t);
  if (known !== undefined) {
    known.push(work);
    return;
  }
  const stack = [work];
  stacks.set(t, stack);
  t.after(async () => {
    for (const step of stack.toReversed()) await step();
  });
}

/** Для помощников, которые знают только `t.after`. */
export function inOrder(t: TestContext): Pick<TestContext, 'after'> {
  return {
    after: (work: unknown) => cleanUp(t, async () => (typeof work === 'function' ? work() : undefined)),
  };
}
