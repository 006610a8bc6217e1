// Неверный вызов словами пользователя: разборщик параметров говорит только по-английски. Чистый файл.

import type { CommanderError } from 'commander';
import type { Messages } from './messages.ts';

/** @param command команда, при разборе которой случилась ошибка; undefined — до команды не дошло */
export function describeUsage({ usage }: Messages, error: CommanderError, command: string | undefined): string {
  const call = command === undefined ? 'artstore' : `artstore ${command}`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.help':
      return usage.noCommand;
    case 'commander.unknownCommand':
      return usage.unknownCommand(quoted);
    case 'commander.unknownOption':
      return usage.unknownOption(quoted, call);
    case 'commander.missingArgument':
      return quoted === 'file_id' ? usage.missingFileId(call) : usage.missingFile(call);
    case 'commander.optionMissingArgument':
      return usage.missingValue(/--[\w-]+/.exec(quoted)?.[0] ?? quoted);
    case 'commander.excessArguments':
      return usage.excess(call);
    default:
      return usage.other(call);
  }
}
