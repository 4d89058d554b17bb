import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at what still lives. */
const LOOK_MS = 100;

/** Every process below another, however deep; Linux and macOS. */
export const descendants = (pid: number): number[] => below(pid, parentsOfLiving());

/** The parent of each process that lives, but for the one that tells. */
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
 * Ends all that this process has started and all that is below it, process groups of their own included. Its own children are killed, so that
 * they start nothing more; others are asked, since they have something of their own to end, and killed after a while.
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
    // Whoever has lost its parent is below another now.
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
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
