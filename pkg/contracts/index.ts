// Вход пакета: слова, общие для всех модулей. Ввода-вывода здесь нет.
export * from './errors.ts';
export * from './file-rules.ts';
export * from './page.ts';
export * from './principal.ts';
