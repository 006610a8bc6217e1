// Настройки сеанса поиска поверх адреса базы. Чистая комната.
// Сеанс только читает: модуль не может записать в реестр, даже если роль это позволяет.

/**
 * jit тратит на подготовку больше, чем длится весь поиск; work_mem держит карту строк точной на миллионах совпадений;
 * random_page_cost отвечает памяти и SSD, с ним планировщик не боится индексов; параллельные исполнители
 * ускорили бы один поиск за счёт остальных.
 */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  default_transaction_read_only: 'on',
  jit: 'off',
  work_mem: '32MB',
  random_page_cost: '1.1',
  max_parallel_workers_per_gather: '0',
};

/** Адрес, соединение по которому получает эти настройки сразу; свои options в адресе остаются главнее. */
export function searchDatabaseUrl(url: string): string {
  const result = new URL(url);
  const own = result.searchParams.get('options') ?? '';
  const settings = Object.entries(SESSION_SETTINGS).map(([name, value]) => `-c ${name}=${value}`);
  result.searchParams.set('options', [...settings, own].join(' ').trim());
  return result.href;
}
