import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at the processes that still live. */
const LOOK_MS = 100;

/** All descendants of a process, on Linux and macOS. */
export const descendants = (pid: number): number[] => below(pid, parentsOfLiving());

/** The parent of each living process, except the `ps` that lists them. */
function parentsOfLiving(): Map<number, number> {
  const { stdout, error, pid: teller } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  if (error) throw error;
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const living = rows.filter(([pid, , state = '']) => Number(pid) !== teller && !state.startsWith('Z'));
  return new Map(living.map(([pid, parent]) => [Number(pid), Number(parent)]));
}

const below = (ancestor: number, parents: ReadonlyMap<number, number>): number[] =>
  [...parents].filter(([, parent]) => parent === ancestor).flatMap(([pid]) => [pid, ...below(pid, parents)]);

/**
 * Ends all descendants of this process, including those in other process groups. Children of this process are killed, so that they start
 * nothing more. Deeper ones get SIGTERM, since they may have children of their own to end, and are killed after `graceMs`.
 */
export async function endDescendants(graceMs: number): Promise<void> {
  const known = new Set<number>();
  const deadline = performance.now() + graceMs;
  for (;;) {
    const parents = parentsOfLiving();
    for (const pid of below(process.pid, parents)) {
      if (!known.has(pid)) send(pid, parents.get(pid) === process.pid ? 'SIGKILL' : 'SIGTERM');
      known.add(pid);
    }
    // A process that has lost its parent has another parent now, so `below` no longer finds it.
    const left = [...known].filter((pid) => parents.has(pid));
    if (left.length === 0) return;
    if (performance.now() > deadline) for (const pid of left) send(pid, 'SIGKILL');
    await sleep(LOOK_MS);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // The process has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
