// Один замок на file_id: put, patch, удаление, восстановление и сборщик не могут перекрыть друг друга.
// Очередь честная: кто раньше попросил, тот раньше и получил.

export class FileLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Сколько файлов сейчас под замком. */
  get size(): number {
    return this.#tails.size;
  }

  /** Выполняет work, когда файл свободен; освобождает и при ошибке. */
  async hold<T>(fileId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(fileId);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const tail = before === undefined ? released : before.then(() => released);
    this.#tails.set(fileId, tail);
    try {
      await before;
      return await work();
    } finally {
      release();
      if (this.#tails.get(fileId) === tail) this.#tails.delete(fileId);
    }
  }
}
