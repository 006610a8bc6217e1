// Что где лежит в ARTSTORE_HOME. Единственное место, где эти имена записаны. Чистая комната.
import path from 'node:path';

export interface HomeLayout {
  readonly home: string;
  /** Занято живым стендом. */
  readonly lock: string;
  /** Для человека и программ: адреса, имена, пароли (0600). */
  readonly standFile: string;
  /** Секреты, которые стенд придумал один раз (0600). */
  readonly secrets: string;
  /** Ключ, которым модуль управления закрывает свои ключи на диске (0600). */
  readonly masterKey: string;
  /** Учётные записи служб для первого запуска модуля управления (0600). */
  readonly accounts: string;
  readonly postgres: string;
  readonly postgresLog: string;
  readonly logs: string;
  readonly tls: string;
  readonly caFile: string;
  readonly caKey: string;
  /** То, что модули вправе потерять без последствий. */
  readonly cache: string;
  readonly codeCache: string;
  elementFolder(name: string): string;
  certificate(name: string): { readonly certFile: string; readonly keyFile: string };
  log(part: string): string;
}

export function layoutHome(home: string): HomeLayout {
  const at = (...names: string[]) => path.join(home, ...names);
  return {
    home,
    lock: at('stand.lock'),
    standFile: at('stand.json'),
    secrets: at('secrets.json'),
    masterKey: at('admin-master.key'),
    accounts: at('admin-accounts.json'),
    postgres: at('postgres'),
    postgresLog: at('postgres', 'server.log'),
    logs: at('logs'),
    tls: at('tls'),
    caFile: at('tls', 'ca.pem'),
    caKey: at('tls', 'ca.key'),
    cache: at('cache'),
    codeCache: at('cache', 'code'),
    elementFolder: (name) => at('elements', name),
    certificate: (name) => ({ certFile: at('tls', `${name}.pem`), keyFile: at('tls', `${name}.key`) }),
    log: (part) => at('logs', `${part}.log`),
  };
}
