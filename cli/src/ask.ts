// Вопросы человеку за терминалом.

import { password, select, text } from '@clack/prompts';
import { CliError, EXIT } from './exit-codes.ts';
import type { Target } from './commands/login.ts';
import type { Room } from './room.ts';

export async function askForTargets(room: Room): Promise<Target> {
  const { login } = room.text;
  const adminUrl = await askUrl(room, login.askAdmin, 'http://127.0.0.1:8000');
  const ingesterUrl = await askUrl(room, login.askIngester, 'http://127.0.0.1:8020');
  const queryUrl = await askUrl(room, login.askQuery, 'http://127.0.0.1:8030');
  const kind = answered(
    room,
    await select({
      message: login.askKind,
      options: [
        { value: 'service', label: login.askService },
        { value: 'user', label: login.askUser },
      ],
    }),
  );
  const credentials: Target['credentials'] =
    kind === 'service'
      ? { kind, clientId: await askText(room, login.askClientId), secret: await askPassword(room, login.askSecret) }
      : {
          kind: 'user',
          username: await askText(room, login.askUsername),
          password: await askPassword(room, login.askPassword),
        };
  return { adminUrl, ingesterUrl, queryUrl, ca: null, credentials };
}

export async function askPassword(room: Room, message: string): Promise<string> {
  return answered(room, await password({ message }));
}

async function askText(room: Room, message: string): Promise<string> {
  return answered(room, await text({ message, validate: (value) => (value ? undefined : message) }));
}

async function askUrl(room: Room, message: string, initialValue: string): Promise<string> {
  const validate = (value: string | undefined): string | undefined =>
    /^https?:$/.test(URL.parse(value ?? '')?.protocol ?? '') ? undefined : room.text.login.badUrl(value ?? '');
  return answered(room, await text({ message, initialValue, validate }));
}

function answered<T extends string>(room: Room, value: T | symbol): T {
  if (typeof value === 'symbol') throw new CliError('CANCELLED', EXIT.interrupted, room.text.login.cancelled);
  return value;
}
