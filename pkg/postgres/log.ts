// Журнал, каким его видит пакет: подходит pino, но от него ничего не зависит.

type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export interface Log {
  readonly info: LogLine;
  readonly warn: LogLine;
}

/** Журнал, который молчит: для тех, кому строки не нужны. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined };
