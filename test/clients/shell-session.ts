import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The result of a pasted block. */
export interface Pasted {
  output: string;
  /** The failed commands with their statuses. */
  failed: string[];
}

/** Runs blocks of commands in a folder as if they were pasted into one shell, one after the other. Returns the output of each. */
export async function pasteInto(
  folder: string,
  blocks: string[],
  environment: Record<string, string>,
): Promise<Pasted[]> {
  const own = (name: string, index: number) => join(folder, `.${name}-${index}`);
  const steps = blocks.flatMap((block, index) => [
    `trap 'echo "$? of $BASH_COMMAND" >> ${own('failed', index)}' ERR`,
    `{\n${block}\n} > ${own('output', index)} 2>&1`,
  ]);
  const script = join(folder, '.session.sh');
  await writeFile(script, `set -o pipefail\n${steps.join('\n')}\nexit 0\n`);
  await run('bash', [script], { cwd: folder, env: { ...process.env, ...environment }, timeout: 120_000 });
  return Promise.all(
    blocks.map(async (_block, index) => ({
      output: await readFile(own('output', index), 'utf8'),
      failed: (await readFile(own('failed', index), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    })),
  );
}

/** The commands after the prompts of a transcript, each with the lines of its output. */
export function commandsOf(transcript: string): { command: string; shown: string[] }[] {
  return transcript
    .split(/^\$ /m)
    .slice(1)
    .map((each) => {
      // A command continues after a backslash.
      const [command = ''] = /^(?:.*\\\n)*.*/.exec(each) ?? [];
      const shown = each.slice(command.length).split('\n');
      return { command, shown: shown.filter(Boolean) };
    });
}

/** Whether an output has the shown lines in their order, with any figures and hashes. `…` stands for anything. */
export function shows(output: string, shown: string[]): boolean {
  const plain = (text: string) => text.replaceAll(/[0-9a-f]*\d[0-9a-f-]*/g, '#');
  const patterns = shown
    .filter((line) => line !== '…')
    .map((line) => plain(line).split('…').map(RegExp.escape).join('.*'));
  return new RegExp(`^(?:.*\n)*?${patterns.map((pattern) => `${pattern}\n(?:.*\n)*?`).join('')}$`).test(
    `${plain(output.replaceAll('\r', '').trimEnd())}\n`,
  );
}
