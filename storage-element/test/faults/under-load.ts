// Нагрузка, которую останавливают словом: запустить, что-то сделать с элементом, остановить и дождаться начатого.
import { type Load, loadElement } from './load-element.ts';

/** Нагружает элемент, пока идёт work; возвращает то, что вернула она. Ложь элемента бросает и отсюда. */
export async function underLoad<T>(load: Omit<Load, 'signal'>, work: () => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const loading = loadElement({ ...load, signal: stopping.signal });
  try {
    return await Promise.race([work(), loading.then(() => new Promise<never>(() => undefined))]);
  } finally {
    stopping.abort();
    await loading;
  }
}
