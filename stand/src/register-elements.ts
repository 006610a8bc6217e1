// Знакомит модуль управления с элементами хранения стенда через его обычный API. Повтор ничего не меняет.
import { callPart, type PartReply } from './call-part.ts';
import type { Messages } from './messages.ts';
import type { ModulePart } from './parts.ts';
import type { Account } from './secrets.ts';
import { StandError } from './stand-error.ts';

export interface RegistrationWish {
  readonly adminUrl: string;
  /** Учётная запись стенда: не зависит от того, сменил ли человек пароль администратора. */
  readonly account: Account;
  readonly elements: readonly ModulePart[];
  readonly ca: string;
  readonly messages: Messages;
}

interface KnownElement {
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

/** Регистрирует незнакомые элементы, поправляет адрес тех, что переехали. Возвращает имена новых. */
export async function registerElements(wish: RegistrationWish): Promise<string[]> {
  const token = await takeToken(wish);
  const known = await listKnown(wish, token);
  const added: string[] = [];
  for (const element of wish.elements) {
    const id = await askIdentity(element, wish);
    const row = known.find((candidate) => candidate.id === id);
    if (row?.url === element.url) continue;
    const reply =
      row === undefined
        ? await callPart({
            url: `${wish.adminUrl}/api/v1/storage-elements`,
            method: 'POST',
            token,
            body: { name: freeName(element.name, known), url: element.url },
          })
        : await callPart({
            url: `${wish.adminUrl}/api/v1/storage-elements/${id}`,
            method: 'PUT',
            token,
            body: { url: element.url },
          });
    if (reply.status !== 200 && reply.status !== 201) throw refused(element.name, reply, wish.messages);
    if (row === undefined) added.push(element.name);
  }
  return added;
}

async function takeToken({ adminUrl, account, messages }: RegistrationWish): Promise<string> {
  const reply = await callPart({
    url: `${adminUrl}/api/v1/auth/token`,
    method: 'POST',
    body: { grant_type: 'client_credentials', client_id: account.client_id, client_secret: account.client_secret },
  });
  const token = field(reply.value, 'access_token');
  if (reply.status !== 200 || token === undefined) throw refused('stand', reply, messages);
  return token;
}

async function listKnown({ adminUrl, messages }: RegistrationWish, token: string): Promise<KnownElement[]> {
  const reply = await callPart({ url: `${adminUrl}/api/v1/storage-elements?limit=1000`, token });
  const items = isRecord(reply.value) ? reply.value['items'] : undefined;
  if (reply.status !== 200 || !Array.isArray(items)) throw refused('storage-elements', reply, messages);
  return items.flatMap((item: unknown) => {
    const [id, name, url] = [field(item, 'id'), field(item, 'name'), field(item, 'url')];
    return id === undefined || name === undefined || url === undefined ? [] : [{ id, name, url }];
  });
}

async function askIdentity(element: ModulePart, { ca, messages }: RegistrationWish): Promise<string> {
  const reply = await callPart({ url: `${element.url}/api/v1/info`, ca });
  const id = field(reply.value, 'storage_id');
  if (reply.status !== 200 || id === undefined) throw refused(element.name, reply, messages);
  return id;
}

/** Имя может держать прежний элемент, чьи данные человек удалил. */
function freeName(name: string, known: readonly KnownElement[]): string {
  const taken = new Set(known.map((element) => element.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return free;
}

function refused(name: string, reply: PartReply, messages: Messages): StandError {
  return new StandError(
    messages.registerFailed(name, `${reply.status} ${JSON.stringify(reply.value ?? '').slice(0, 500)}`),
  );
}

function field(value: unknown, name: string): string | undefined {
  const found = isRecord(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
