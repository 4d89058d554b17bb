import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CommandError } from '../command-line.ts';

/** The lines of a failed program's output that its error repeats. */
const LAST_LINES = 40;

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a program and returns its standard output. Throws the end of what it wrote where it fails. */
export async function run([program = '', ...args]: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env = process.env } = options;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new CommandError(error.code === 'ENOENT' ? `${program} is not installed.` : error.message)),
    );
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.race([
    Promise.all([text(child.stdout), text(child.stderr), ended]),
    failed,
  ]);
  if (code === 0) return stdout;
  const said = `${stdout}${stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n');
  throw new CommandError(`${[program, ...args].join(' ')} ended with ${code}:\n${said}`);
}

/** Whether a program is installed. */
export const has = (...command: string[]): Promise<boolean> =>
  run(command).then(
    () => true,
    () => false,
  );
