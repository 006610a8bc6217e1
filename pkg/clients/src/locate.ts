// Раскладывает адрес соседа на то, что берёт undici. Имя и пароль в адресе не используются. Чистый файл.

/** @param base адрес соседа, возможно с путём; @param path путь операции, начинается с «/» */
export function locate(base: string, path: string): { origin: string; path: string } {
  const url = new URL(base);
  return { origin: url.origin, path: `${url.pathname.replace(/\/+$/, '')}${path}` };
}
