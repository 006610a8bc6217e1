// Перечень проверок npm run check: чистые данные. Первые — самые долгие, чтобы два ядра были заняты поровну.

import { contractPlaces, MODULES } from '../generate/contract-modules.ts';

export interface Check {
  readonly id: string;
  /** Что проверка обещает: печатается рядом с итогом. */
  readonly promise: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Файл, без которого проверять нечего. */
  readonly needs?: string;
}

const node = process.execPath;
const bin = (name: string): string => `node_modules/.bin/${name}`;

export const CHECKS: readonly Check[] = [
  ...MODULES.map((module) => ({
    id: `contract:${module}`,
    promise: `контракт ${module} без замечаний`,
    file: node,
    args: [bin('redocly'), 'lint', '--format=stylish', module],
    needs: contractPlaces(module).source,
  })),
  {
    id: 'dead-code',
    promise: 'нет мёртвого кода и лишних зависимостей',
    file: node,
    args: [bin('knip'), '--no-progress', '--no-config-hints'],
  },
  { id: 'lint', promise: 'линтер с типами', file: node, args: [bin('oxlint'), '--type-aware', '--format=unix'] },
  { id: 'types', promise: 'типы', file: node, args: [bin('tsc'), '--noEmit', '-p', '.'] },
  { id: 'commits', promise: 'сообщения коммитов', file: node, args: ['tools/check-commits.ts'] },
  {
    id: 'generated',
    promise: 'порождённое соответствует источникам',
    file: node,
    args: ['tools/generate.ts', '--check'],
  },
  { id: 'boundaries', promise: 'границы комнат', file: node, args: ['tools/boundaries.ts'] },
  { id: 'errors', promise: 'коды ошибок одни и те же везде', file: node, args: ['tools/check-errors.ts'] },
  {
    id: 'repository',
    promise: 'в файлах нет лишних слов и мёртвых ссылок',
    file: node,
    args: ['tools/check-repository.ts'],
  },
  {
    id: 'format',
    promise: 'оформление',
    file: bin('biome'),
    args: ['format', '--reporter=summary'],
  },
];
