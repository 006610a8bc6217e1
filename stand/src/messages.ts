// Всё, что стенд говорит человеку, на двух языках. Чистая комната.
import type { Language } from '@artstore/contracts';

/** Язык по переменным окружения, как их читает libc: LC_ALL важнее LC_MESSAGES, та важнее LANG. Незнакомый — английский. */
export function chooseLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^ru(?:[_.@-]|$)/i.test(locale) ? 'ru' : 'en';
}

export type Messages = typeof RU;

const RU = {
  starting: (home: string) => `ArtStore поднимается, данные в ${home}`,
  socket: () => 'только сокет unix',
  seconds: (ms: number) => `${(ms / 1000).toFixed(1).replace('.', ',')} с`,
  ready: () => 'готов',
  created: () => 'создан',
  registered: () => 'зарегистрирован в Admin',
  uiLater: () => 'веб-интерфейса (порт 4200) пока нет',
  allReady: (ms: number) => `ArtStore ready (${RU.seconds(ms)})`,
  credentials: (file: string) => `Адреса, имена и пароли: ${file}`,
  logs: (folder: string) => `Журналы: ${folder}`,
  howToStop: () => 'Остановить: Ctrl-C',
  stopping: () => 'Останавливаюсь',
  stopped: (ms: number) => `Остановлено за ${RU.seconds(ms)}`,
  crashedBefore: (pid: string) => `Прошлый запуск (процесс ${pid}) оборвался; продолжаю с теми же данными`,
  leftoverParts: (names: string) => `От прошлого запуска остались процессы: ${names}; жду, пока они завершатся`,
  leftoverPostgres: (pid: number) =>
    `От прошлого запуска остался сервер базы (процесс ${pid}); он остановлен как положено`,
  certificates: (names: string) => `Выпущены сертификаты: ${names}`,
  died: (name: string, how: string, waitMs: number) =>
    `${name} завершился (${how}), запускаю снова${waitMs >= 1000 ? ` через ${RU.seconds(waitMs)}` : ''}`,
  backAgain: (name: string, ms: number) => `${name} снова работает (${RU.seconds(ms)})`,
  notReadyAgain: (name: string, why: string) => `${name} не поднимается: ${why}`,
  exitCode: (code: number) => `код ${code}`,
  exitSignal: (signal: string) => `сигнал ${signal}`,
  failed: (text: string) => `ArtStore не запущен: ${text}`,
  alreadyRunning: (home: string, pid: number) =>
    `в ${home} уже работает стенд (процесс ${pid}); остановите его или укажите другую папку переменной ARTSTORE_HOME`,
  portTaken: (port: number, name: string) =>
    `порт ${port} (${name}) занят; освободите его или сдвиньте все порты переменной ARTSTORE_PORT_SHIFT`,
  shortPassword: (min: number) => `ARTSTORE_ADMIN_PASSWORD: нужно не меньше ${min} знаков`,
  badShift: (value: string) => `ARTSTORE_PORT_SHIFT=${value}: нужно целое число от 0 до 57000`,
  notWritable: (folder: string, code: string) =>
    `в папку ${folder} нельзя писать (${code}); укажите другую переменной ARTSTORE_HOME`,
  notFolder: (folder: string) => `${folder} — не папка; укажите другую переменной ARTSTORE_HOME`,
  noSpace: (folder: string, freeMib: number, needMib: number) =>
    `на диске с ${folder} свободно ${freeMib} МиБ, а нужно хотя бы ${needMib} МиБ`,
  diedAtStart: (name: string, how: string, log: string, tail: string) =>
    `${name} завершился при запуске (${how}): ${tail} (журнал: ${log})`,
  tooLong: (name: string, seconds: number, why: string, log: string) =>
    `${name} не готов за ${seconds} с: ${why} (журнал: ${log})`,
  postgresFailed: (text: string) => `база не поднялась: ${text}`,
  registerFailed: (name: string, text: string) => `не удалось зарегистрировать ${name} в Admin: ${text}`,
  leftoverStuck: (names: string) => `процессы прошлого запуска не завершаются: ${names}`,
};

const EN: Messages = {
  starting: (home) => `Starting ArtStore, data in ${home}`,
  socket: () => 'unix socket only',
  seconds: (ms) => `${(ms / 1000).toFixed(1)} s`,
  ready: () => 'ready',
  created: () => 'created',
  registered: () => 'registered with Admin',
  uiLater: () => 'there is no web interface (port 4200) yet',
  allReady: (ms) => `ArtStore ready (${EN.seconds(ms)})`,
  credentials: (file) => `Addresses, names and passwords: ${file}`,
  logs: (folder) => `Logs: ${folder}`,
  howToStop: () => 'To stop: Ctrl-C',
  stopping: () => 'Stopping',
  stopped: (ms) => `Stopped in ${EN.seconds(ms)}`,
  crashedBefore: (pid) => `The previous run (process ${pid}) was cut short; going on with the same data`,
  leftoverParts: (names) => `Processes of the previous run are still there: ${names}; waiting for them to end`,
  leftoverPostgres: (pid) =>
    `A database server of the previous run was still there (process ${pid}); it has been shut down cleanly`,
  certificates: (names) => `Certificates issued: ${names}`,
  died: (name, how, waitMs) =>
    `${name} ended (${how}), starting it again${waitMs >= 1000 ? ` in ${EN.seconds(waitMs)}` : ''}`,
  backAgain: (name, ms) => `${name} is back (${EN.seconds(ms)})`,
  notReadyAgain: (name, why) => `${name} does not come up: ${why}`,
  exitCode: (code) => `code ${code}`,
  exitSignal: (signal) => `signal ${signal}`,
  failed: (text) => `ArtStore did not start: ${text}`,
  alreadyRunning: (home, pid) =>
    `a stand is already running in ${home} (process ${pid}); stop it or choose another folder with ARTSTORE_HOME`,
  portTaken: (port, name) => `port ${port} (${name}) is taken; free it or move all ports with ARTSTORE_PORT_SHIFT`,
  shortPassword: (min) => `ARTSTORE_ADMIN_PASSWORD: at least ${min} characters are needed`,
  badShift: (value) => `ARTSTORE_PORT_SHIFT=${value}: an integer from 0 to 57000 is needed`,
  notWritable: (folder, code) => `the folder ${folder} is not writable (${code}); choose another with ARTSTORE_HOME`,
  notFolder: (folder) => `${folder} is not a folder; choose another with ARTSTORE_HOME`,
  noSpace: (folder, freeMib, needMib) =>
    `the disk of ${folder} has ${freeMib} MiB free, at least ${needMib} MiB is needed`,
  diedAtStart: (name, how, log, tail) => `${name} ended while starting (${how}): ${tail} (log: ${log})`,
  tooLong: (name, seconds, why, log) => `${name} is not ready after ${seconds} s: ${why} (log: ${log})`,
  postgresFailed: (text) => `the database did not come up: ${text}`,
  registerFailed: (name, text) => `cannot register ${name} with Admin: ${text}`,
  leftoverStuck: (names) => `processes of the previous run do not end: ${names}`,
};

export function messagesIn(language: Language): Messages {
  return language === 'ru' ? RU : EN;
}
