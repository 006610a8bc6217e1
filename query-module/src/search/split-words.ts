// Слова текста и их места: основа запроса и подсветки. Чистая комната; правила те же, что у функции query.words
// в базе (миграция 0001): буквы отделены от цифр, латиница от кириллицы, прочие знаки — разделители.

/** Слово и где оно стоит в исходном тексте (единицы UTF-16). */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[0-9]+|[A-Za-zÀ-ɏ]+|[А-яЁё]+|(?:(?![A-Za-zÀ-ɏА-яЁё])\p{Alphabetic})+/gu;

/** Слова текста по порядку, приведённые к виду, в котором их хранит указатель. */
export function splitWords(text: string): Word[] {
  return [...text.matchAll(WORD)].map((match) => ({
    text: fold(stripAccents(match[0])),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Регистр и ё не различаются. Длина в единицах UTF-16 не меняется: по свёрнутому тексту находят места в исходном. */
export function fold(text: string): string {
  let folded = '';
  for (const character of text) {
    const lower = character.toLowerCase();
    folded += lower.length === character.length ? (lower === 'ё' ? 'е' : lower) : character;
  }
  return folded;
}

/** é → e у латиницы; кириллица остаётся собой (й — не и). */
function stripAccents(text: string): string {
  return /[À-ɏ]/.test(text)
    ? text
        .normalize('NFD')
        .replace(/[\u0300-\u036f]+/g, '')
        .normalize('NFC')
    : text;
}
