import { execFileSync } from 'node:child_process';
import { openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';

/** The result of an attempt: the code of the system's refusal, or what was read. */
export type Findings = Record<string, string>;

const FILES = ['environ', 'auxv', 'maps', 'smaps', 'numa_maps', 'stack', 'syscall', 'io', 'personality'];
const FOLDERS = ['fd', 'fdinfo', 'map_files', 'ns'];
const LINKS = ['exe', 'cwd', 'root'];

function attempt(work: () => string): string {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

/** Reads the environment of a process from its memory. */
function memoryOf(pid: number): string {
  const maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw.*\[stack\]$/m.exec(maps) ?? [];
  const bytes = Buffer.alloc(Math.min(64 * 1024 ** 2, Number.parseInt(end, 16) - Number.parseInt(start, 16)));
  readSync(memory, bytes, 0, bytes.length, Number.parseInt(start, 16));
  return bytes.toString('latin1').replaceAll(/[^ -~]+/g, ' ');
}

/** Tries every way that Linux offers to read secrets of another process of the same user. */
export function attack(pid: number): Findings {
  const findings: Findings = {};
  for (const name of FILES) findings[name] = attempt(() => readFileSync(`/proc/${pid}/${name}`, 'latin1'));
  findings['task environ'] = attempt(() => readFileSync(`/proc/${pid}/task/${pid}/environ`, 'latin1'));
  findings['memory without a map'] = attempt(() => String(openSync(`/proc/${pid}/mem`, 'r')));
  findings.memory = attempt(() => memoryOf(pid));
  for (const name of FOLDERS) findings[name] = attempt(() => readdirSync(`/proc/${pid}/${name}`).join());
  for (const name of LINKS) findings[name] = attempt(() => readlinkSync(`/proc/${pid}/${name}`));
  findings.executable = attempt(() => `${readFileSync(process.execPath).length} bytes`);
  findings.gdb = attempt(() =>
    execFileSync('gdb', ['--nx', '--readnever', '-p', String(pid), '-batch', '-ex', 'info auxv'], {
      encoding: 'latin1',
      timeout: 20_000,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  // A debugger that is killed while it looks leaves what it looks at stopped, and who waits for that waits for ever.
  attempt(() => String(process.kill(pid, 'SIGCONT')));
  return findings;
}

/** What a process can read of itself: its environment, its arguments, and the targets of its descriptors. */
export function lookAtSelf(): Findings {
  const descriptors = readdirSync('/proc/self/fd').map((name) => [
    name,
    attempt(() => readlinkSync(`/proc/self/fd/${name}`)),
  ]);
  return {
    environment: JSON.stringify(process.env),
    arguments: JSON.stringify([...process.execArgv, ...process.argv]),
    descriptors: JSON.stringify(Object.fromEntries(descriptors)),
    'own environ': attempt(() => readFileSync('/proc/self/environ', 'latin1')),
    score: attempt(() => readFileSync('/proc/self/oom_score_adj', 'latin1').trim()),
  };
}
