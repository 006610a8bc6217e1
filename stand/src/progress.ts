// Строки хода запуска: имя, адрес, время, слово — столбцами.

const NAME_WIDTH = 10;
const ADDRESS_WIDTH = 26;

export interface Progress {
  readonly name: string;
  readonly address: string;
  readonly time: string;
  readonly words: readonly string[];
}

export function formatProgress({ name, address, time, words }: Progress): string {
  return `  ${name.padEnd(NAME_WIDTH)} ${address.padEnd(ADDRESS_WIDTH)} ${time.padStart(6)}  ${words.join(', ')}`;
}
