import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts Mocha in the project's root with `args`, its options and files. It ignores the configuration of `npm test`, which leaves out tests
 * with a command of their own; `within` is a program that starts it. `--exit` prevents that a hanging request blocks CI. A pattern that no test
 * matches is a failure. For that, files do not run in parallel where a pattern is given: Mocha would take each file without a match for one.
 */
export function startMocha(
  args: readonly string[],
  options: Pick<SpawnOptions, 'env' | 'detached'>,
  within: readonly string[] = [],
): ChildProcess {
  const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
  const own = ['--no-config', '--exit', '--extension', 'ts'];
  const asked = args.includes('--grep') ? ['--fail-zero', ...args.filter((arg) => arg !== '--parallel')] : args;
  const [program = '', ...command] = [...within, process.execPath, mocha, ...own, ...asked];
  return spawn(program, command, {
    ...options,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: 'inherit',
  });
}

/** 0 where all tests passed, else 1: Mocha's own status is the number of failures, and others, such as 3, have meanings of their own here. */
export async function statusOf(child: ChildProcess): Promise<0 | 1> {
  const [code] = await once(child, 'exit');
  return code === 0 ? 0 : 1;
}
