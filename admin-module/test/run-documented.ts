// Исполняет блок команд из документа так, как это сделал бы оператор: в корне проекта, с окружением модуля.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const LIMIT_MS = 120_000;

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Исполняет блок `name` документа `file` (путь от корня проекта). */
export async function runDocumented(file: string, name: string, env: Record<string, string>): Promise<Ran> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const script = new RegExp(`<!-- ${name}:begin -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\`\\n<!-- ${name}:end -->`).exec(
    text,
  )?.[1];
  if (script === undefined) throw new Error(`${file}: нет блока ${name}`);
  const full = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    HOME: process.env['HOME'],
    npm_config_update_notifier: 'false',
    npm_config_cache: env['TMPDIR'],
    ...env,
  };
  return await new Promise((resolve) => {
    execFile(
      'bash',
      ['-euo', 'pipefail', '-c', script],
      { cwd: ROOT, env: full, timeout: LIMIT_MS },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` });
      },
    );
  });
}
