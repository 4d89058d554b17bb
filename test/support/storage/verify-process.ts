import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../../scripts/verify/findings.ts';
import type { Counts } from '../../../scripts/verify/progress.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/verify.ts', import.meta.url));

export interface Verified {
  status: number | string;
  stdout: string;
  stderr: string;
}

/** `npm run verify`, without npm between, with the given environment only. */
export function spawnVerify(
  env: Record<string, string>,
  ...args: string[]
): { child: ChildProcess; finished: Promise<Verified> } {
  const child = spawn(process.execPath, [SCRIPT, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const finished = once(child, 'close').then(([code, signal]) => ({ status: code ?? signal, ...written }));
  return { child, finished };
}

/** Runs npm run verify on a data folder, without a pause before the second look and for objects of any age. */
export async function verifyData(data: string, ...args: string[]) {
  const env = { XDG_STATE_HOME: `${data}-state` };
  const more = ['--data', data, '--json', '--grace', '0', '--age', '0'];
  const { finished } = spawnVerify(env, ...more, ...args);
  const { status, stdout, stderr } = await finished;
  return { status, stderr, ...readPrinted(stdout) };
}

/** The output of `--json`: one finding per line, and a summary at the end. */
export function readPrinted(stdout: string): { findings: Finding[]; summary: Counts | undefined } {
  const lines = stdout.split('\n').flatMap((line) => (line ? JSON.parse(line) : []));
  return { findings: lines.filter(({ summary }) => !summary), summary: lines.at(-1)?.summary };
}
