// Ставит зависимости, если их нет или они отстали от package-lock.json. Работает на любом Node >= 20, без пакетов.
// Обещание: два запуска не ставят одновременно, прерванная установка повторяется, отказ объясняется одной фразой.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
/** Лежит внутри node_modules: npm ci начинает с удаления папки, поэтому прерванная установка метки не имеет. */
const marker = join(modules, '.artstore-installed');
const node = join(modules, '.bin', 'node');
const lockFolder = join(root, '.artstore');
const lock = join(lockFolder, 'install.lock');

const NODE_MAJOR_MIN = 20;
const LOCK_POLL_MS = 500;
const HEARTBEAT_MS = 10_000;
const STDERR_CHARACTERS_MAX = 20_000;

const russian = /^ru/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '');
const TEXTS = russian
  ? {
      oldNode: (version) => `нужен Node ${NODE_MAJOR_MIN} или новее, а этот — ${version}`,
      installing: 'Ставлю зависимости, это бывает один раз',
      stillInstalling: (seconds) => `  … ${seconds} с`,
      installed: (seconds) => `Зависимости поставлены за ${seconds} с`,
      waiting: (pid) => `Зависимости уже ставит другой запуск (процесс ${pid}), жду`,
      network: 'не удалось поставить зависимости: реестр пакетов недоступен, проверьте сеть',
      space: 'не удалось поставить зависимости: на диске кончилось место',
      rights: (folder) => `не удалось поставить зависимости: в папку ${folder} нельзя писать`,
      noNpm: 'не удалось поставить зависимости: команды npm нет в PATH',
      interrupted: 'установка зависимостей прервана',
      failed: (tail) => `не удалось поставить зависимости: ${tail}`,
      platform: (name) => `для этой машины (${name}) нет закреплённого Node: нужен Linux x64 или arm64`,
    }
  : {
      oldNode: (version) => `Node ${NODE_MAJOR_MIN} or newer is needed, this is ${version}`,
      installing: 'Installing dependencies, this happens once',
      stillInstalling: (seconds) => `  … ${seconds} s`,
      installed: (seconds) => `Dependencies installed in ${seconds} s`,
      waiting: (pid) => `Another run is installing the dependencies (process ${pid}), waiting`,
      network: 'cannot install the dependencies: the package registry is not reachable, check the network',
      space: 'cannot install the dependencies: no space left on the disk',
      rights: (folder) => `cannot install the dependencies: the folder ${folder} is not writable`,
      noNpm: 'cannot install the dependencies: there is no npm in PATH',
      interrupted: 'the installation of the dependencies was interrupted',
      failed: (tail) => `cannot install the dependencies: ${tail}`,
      platform: (name) => `there is no pinned Node for this machine (${name}): Linux x64 or arm64 is needed`,
    };

/** Отказ установки одной фразой для человека. */
export class InstallError extends Error {
  name = 'InstallError';
}

/**
 * Убеждается, что node_modules на месте и соответствует package-lock.json.
 * @returns {Promise<string>} путь к закреплённому Node, которым запускают остальное
 * @throws {InstallError}
 */
export async function ensureInstalled() {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN)
    throw new InstallError(TEXTS.oldNode(process.version));
  if (!isInstalled()) await installOnce();
  if (!existsSync(node)) throw new InstallError(TEXTS.platform(`${process.platform} ${process.arch}`));
  return node;
}

/** Что должно стоять: содержимое lock-файла и машина, для которой он раскрыт. */
function wanted() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

function isInstalled() {
  if (readText(marker) === wanted()) return true;
  if (!matchesLock()) return false;
  // Поставлено руками (npm ci, npm install) и совпадает: переставлять незачем. Папка только для чтения — не беда.
  try {
    writeFileSync(marker, wanted());
  } catch {
    // Проверим так же и в следующий раз.
  }
  return true;
}

/** Сравнивает перечень, который npm пишет в конце установки, с package-lock.json. */
function matchesLock() {
  try {
    const present = JSON.parse(readText(join(modules, '.package-lock.json'))).packages;
    const { packages } = JSON.parse(readText(join(root, 'package-lock.json')));
    return Object.entries(packages).every(([path, entry]) => {
      if (!path.includes('node_modules/') || entry.link) return true;
      const absent = present[path] === undefined;
      if (absent) return Boolean(entry.optional || entry.devOptional || entry.peer) && !isForThisMachine(entry);
      return present[path].version === entry.version;
    });
  } catch {
    return false;
  }
}

/** Необязательный пакет именно этой платформы (например, закреплённый Node) обязателен. */
function isForThisMachine({ os, cpu, libc }) {
  return Boolean(os || cpu) && !libc && (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch));
}

async function installOnce() {
  try {
    mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
    await takeLock();
  } catch (error) {
    throw describe(error.code ?? '', String(error.message));
  }
  try {
    // Пока ждали замка, сосед мог всё поставить.
    if (!isInstalled()) await install();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Замок держит живой процесс; файл мёртвого место не занимает. В нём по строке на процесс: этот и npm,
 * который переживёт kill -9 этого и будет ставить дальше.
 */
async function takeLock() {
  const draft = `${lock}.${process.pid}`;
  let announced = false;
  writeFileSync(draft, mark(process.pid));
  try {
    for (;;) {
      try {
        linkSync(draft, lock);
        return;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = readText(lock).split('\n').find(isAlive);
      if (holder !== undefined) {
        if (!announced) console.log(TEXTS.waiting(holder.split(' ')[0]));
        announced = true;
        await sleep(LOCK_POLL_MS);
      } else {
        stealDead();
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function stealDead() {
  const aside = `${lock}.old-${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  rmSync(aside, { force: true });
}

/** Номер и время начала процесса: без времени номер, доставшийся другому процессу, держал бы замок вечно. */
function mark(pid) {
  const stat = readText(`/proc/${pid}/stat`);
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}\n`;
}

function isAlive(line) {
  const [pid = ''] = line.split(' ');
  return existsSync(`/proc/${pid}/stat`) && pid !== '' && mark(pid) === `${line}\n`;
}

async function install() {
  console.log(TEXTS.installing);
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const heartbeat = setInterval(() => console.log(TEXTS.stillInstalling(seconds())), HEARTBEAT_MS);
  try {
    // Метка говорит «поставлено до конца»: пока ставим, её быть не должно.
    rmSync(marker, { force: true });
    let { code, signal, stderr } = await runNpm(['ci']);
    // Зеркало реестра может не иметь пакетов чужих платформ, и lock-файл, снятый с него, для npm ci неполон.
    // npm install берёт те же версии, а чужие необязательные пакеты пропускает.
    if (code !== 0 && stderr.includes('EUSAGE')) ({ code, signal, stderr } = await runNpm(['install', '--no-save']));
    if (signal !== null) throw new InstallError(TEXTS.interrupted);
    if (code !== 0) throw describe(stderr, stderr);
  } finally {
    clearInterval(heartbeat);
  }
  writeFileSync(marker, wanted());
  console.log(TEXTS.installed(seconds()));
}

function runNpm(words) {
  // Под npm start известен путь к самому npm: он есть и тогда, когда в PATH его нет.
  const npm = process.env.npm_execpath;
  const command = npm && /\.c?js$/.test(npm) ? [process.execPath, npm] : ['npm'];
  const parameters = [...command.slice(1), ...words, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], parameters, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    if (child.pid) appendFileSync(lock, mark(child.pid));
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-STDERR_CHARACTERS_MAX);
    });
    child.once('error', (error) =>
      reject(new InstallError(error.code === 'ENOENT' ? TEXTS.noNpm : TEXTS.failed(error.message))),
    );
    child.once('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

/** Переводит вывод npm или код системы в одну фразу. */
function describe(text, whole) {
  if (/ENOSPC/.test(text)) return new InstallError(TEXTS.space);
  if (/EACCES|EPERM|EROFS/.test(text)) return new InstallError(TEXTS.rights(root));
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      text,
    )
  ) {
    return new InstallError(TEXTS.network);
  }
  const lines = whole.split('\n').filter((line) => line.trim() !== '' && !/complete log|logs can be found/i.test(line));
  return new InstallError(TEXTS.failed(lines.slice(0, 2).join(' ').replaceAll('npm error', '').trim() || 'npm ci'));
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
