// Куда модулю можно ходить за элементами хранения (SSRF): схема, список разрешённых имён и сетей, разрешение имени.
// Имя разрешается один раз, и соединение идёт ровно на проверенный адрес: подменить ответ DNS между проверкой
// и соединением нельзя.
import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ArtError } from '@artstore/contracts';

export interface AddressPolicyOptions {
  /** Имена (`se.example.org`, `*.example.org`), адреса и сети (`10.0.0.0/8`); пусто — любые, кроме своих и служебных. */
  readonly allowed: readonly string[];
  readonly allowHttp: boolean;
}

export interface AddressPolicy {
  /** Адрес элемента без пути. @throws VALIDATION_ERROR с полем `field` */
  checkUrl(url: string, field: string): string;
  /** Для клиента элементов: разрешает имя и не пускает на запрещённые адреса. */
  readonly lookup: LookupFunction;
}

/** Имя привело туда, куда ходить нельзя. */
export class AddressRefused extends Error {
  constructor(hostname: string) {
    super(`address of ${hostname} is not allowed`);
    this.name = 'AddressRefused';
  }
}

export function createAddressPolicy({ allowed, allowHttp }: AddressPolicyOptions): AddressPolicy {
  const rules = readRules(allowed);

  function checkUrl(text: string, field: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const refuse = (ru: string, message: string): never => {
      throw new ArtError('VALIDATION_ERROR', { details: [{ field, message, ru }] });
    };
    if (url === undefined) return refuse('не похоже на URL', 'is not a URL');
    if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
      return refuse('нужен https', 'must be https');
    if (url.username !== '' || url.password !== '')
      return refuse('без имени и пароля', 'must not contain a user name or a password');
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
      return refuse('без пути и параметров', 'must not contain a path or a query');
    const hostname = bareHost(url.hostname);
    const literal = isIP(hostname) !== 0;
    if (literal ? !mayConnect(rules, hostname, hostname) : !mayName(rules, hostname))
      return refuse('этот адрес не разрешён', 'this host is not allowed');
    return url.origin;
  }

  const lookup: LookupFunction = (hostname, options, callback) => {
    resolveName(
      hostname,
      { all: true, order: 'verbatim', ...(options.family === undefined ? {} : { family: options.family }) },
      (error, found) => {
        if (error !== null) return callback(error, []);
        // Хватит одного запрещённого адреса: имя, ведущее и наружу, и внутрь, — не имя элемента.
        if (found.length === 0 || found.some(({ address }) => !mayConnect(rules, hostname, address))) {
          return callback(new AddressRefused(hostname), []);
        }
        return answerLookup(found, options.all === true, callback);
      },
    );
  };

  return { checkUrl, lookup };
}

function answerLookup(found: readonly LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = found;
  if (all || first === undefined) callback(null, [...found]);
  else callback(null, first.address, first.family);
}

interface Rules {
  readonly any: boolean;
  readonly hosts: ReadonlySet<string>;
  readonly suffixes: readonly string[];
  readonly networks: BlockList;
  readonly hasNetworks: boolean;
}

/** @throws Error, если запись не похожа ни на имя, ни на адрес, ни на сеть */
function readRules(entries: readonly string[]): Rules {
  const hosts = new Set<string>();
  const suffixes: string[] = [];
  const networks = new BlockList();
  let hasNetworks = false;
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const bare = bareHost(address);
    if (isIP(bare) !== 0) {
      const bits = isIP(bare) === 4 ? 32 : 128;
      networks.addSubnet(bare, prefix === undefined ? bits : Number(prefix), isIP(bare) === 4 ? 'ipv4' : 'ipv6');
      hasNetworks = true;
    } else if (/^\*(\.[a-z0-9_-]+)+$/i.test(entry)) suffixes.push(entry.slice(1).toLowerCase());
    else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(entry)) hosts.add(entry.toLowerCase());
    else throw new Error(`не похоже ни на имя, ни на адрес, ни на сеть: ${entry}`);
  }
  return { any: entries.length === 0, hosts, suffixes, networks, hasNetworks };
}

function isListedName({ hosts, suffixes }: Rules, hostname: string): boolean {
  const name = hostname.toLowerCase();
  return hosts.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
}

/** Можно ли вообще называть такое имя; куда оно ведёт, решит lookup. */
function mayName(rules: Rules, hostname: string): boolean {
  return rules.any || rules.hasNetworks || isListedName(rules, hostname);
}

function mayConnect(rules: Rules, hostname: string, address: string): boolean {
  // IPv4 внутри IPv6 (`::ffff:127.0.0.1`) BlockList сам сверяет с правилами IPv4.
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  // Явно названный адрес или сеть разрешает и то, что иначе под запретом.
  if (rules.networks.check(address, family)) return true;
  if (NEVER.check(address, family)) return false;
  const own = OWN.check(address, family);
  if (isListedName(rules, hostname)) return !own || hostname.toLowerCase() === 'localhost';
  return rules.any && !own;
}

function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function networksOf(list: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const networks = new BlockList();
  for (const [address, prefix, family] of list) networks.addSubnet(address, prefix, family);
  return networks;
}

/** Сама эта машина. */
const OWN = networksOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

/** Никто, соседи по кабелю (там же службы метаданных облаков), многоадресные, зарезервированные, обходные записи IPv4. */
const NEVER = networksOf([
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fd00:ec2::254', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
]);
