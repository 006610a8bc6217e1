// Та же база под другой ролью: суперпользователь тестов надевает её сразу при соединении, и паролей не нужно.

export function asRole(url: string, role: string): string {
  const result = new URL(url);
  result.searchParams.set('options', `-c role=${role}`);
  return result.href;
}
