// Справка словами пользователя: заголовки и пометки разборщика параметров переведены. Чистый файл.

import type { HelpConfiguration, Option } from 'commander';
import type { Messages } from './messages.ts';

export function helpWords({ help }: Messages): HelpConfiguration {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': help.titles.usage,
    'Options:': help.titles.options,
    'Commands:': help.titles.commands,
    'Arguments:': help.titles.arguments,
  };
  const placeholders = (text: string): string =>
    text.replaceAll('[options]', help.options).replaceAll('[command]', help.command);
  return {
    styleTitle: (title) => titles[title] ?? title,
    styleUsage: placeholders,
    subcommandTerm: (command) => {
      const args = command.registeredArguments.map((argument) => {
        const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
        return argument.required ? ` <${name}>` : ` [${name}]`;
      });
      return placeholders(`${command.name()}${command.options.length > 0 ? ' [options]' : ''}${args.join('')}`);
    },
    optionDescription: (option) => describeOption(help, option),
  };
}

function describeOption(help: Messages['help'], option: Option): string {
  const defaultValue: unknown = option.defaultValue;
  const marks = [
    ...(option.argChoices ? [help.choices(option.argChoices.join(', '))] : []),
    ...(typeof defaultValue === 'string' ? [help.byDefault(defaultValue)] : []),
    ...(option.envVar === undefined ? [] : [help.env(option.envVar)]),
  ];
  return marks.length === 0 ? option.description : `${option.description} (${marks.join('; ')})`;
}
