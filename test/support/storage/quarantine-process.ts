import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/quarantine.ts', import.meta.url));

/** Runs `npm run quarantine`, without npm between, with the given environment only. */
export async function runQuarantine(
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> },
  ...args: string[]
): Promise<{ status: number | string; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const [code, signal] = await once(child, 'close');
  return { status: code ?? signal, ...written };
}
