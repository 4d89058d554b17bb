import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/start.ts', import.meta.url));

/** `npm start`, without npm between. */
export interface StartProcess {
  child: ChildProcess;
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  /** The one URL, once it is printed; rejects if it ends before. */
  ready(): Promise<string>;
  /** Its exit status, once it has ended. */
  ended(deadline?: number): Promise<number | string>;
}

export const spawnStart = (...options: string[]): StartProcess => spawnStartWith([], ...options);

/** The same, with options for Node. */
export const spawnStartWith = (nodeOptions: string[], ...options: string[]): StartProcess =>
  watchStart([process.execPath, ...nodeOptions, SCRIPT, ...options]);

/** The same, with additional environment variables. */
export const spawnStartWhere = (environment: Record<string, string>, ...options: string[]): StartProcess =>
  watchStart([process.execPath, SCRIPT, ...options], { ...process.env, ...environment });

/** The same, with a library in LD_PRELOAD (ld.so(8)). */
export const spawnStartAbove = (library: string, ...options: string[]): StartProcess =>
  watchStart([process.execPath, SCRIPT, ...options], { ...process.env, LD_PRELOAD: library });

/** The same, in its own process group, as in a terminal: `process.kill(-pid)` is Ctrl-C. */
export const spawnStartInGroup = (...options: string[]): StartProcess =>
  watchStart([process.execPath, SCRIPT, ...options], process.env, true);

/** The same, in a shell that limits the open files of each process. */
export const spawnStartWithin = (openFiles: number, ...options: string[]): StartProcess =>
  watchStart(['/bin/sh', '-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, process.execPath, SCRIPT, ...options]);

function watchStart([program = '', ...command]: string[], env = process.env, detached = false): StartProcess {
  const child = spawn(program, command, { stdio: ['ignore', 'pipe', 'pipe'], env, detached });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const closed = once(child, 'close');
  const status = () => child.exitCode ?? child.signalCode ?? undefined;
  return {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ready: () =>
      eventually(
        'npm start is ready',
        () => {
          if (status() !== undefined) throw new Error(`npm start ended: ${written.stderr}`);
          return written.stdout.includes('Stop: Ctrl-C') && written.stdout.match(/ready at (\S+)/)?.[1];
        },
        60_000,
      ),
    ended: async (deadline = 30_000) => {
      await eventually('npm start ends', () => status() !== undefined, deadline);
      await closed;
      return status() ?? 'running';
    },
  };
}

export { descendants } from '../../../scripts/local/descendant-processes.ts';

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
