import { setTimeout as sleep } from 'node:timers/promises';
import { ACTS, type Act, AS_ALWAYS, DO, outcomeOf, type Scene } from './acts.ts';
import { type Aftermath, aftermathOf, placesOf, remove, works } from './aftermath.ts';
import type { Damage } from './damage-list.ts';
import type { Fault, StartFault, Sweep } from './fault-list.ts';
import { observeDamage } from './observe-damage.ts';
import { observeStart } from './observe-start.ts';
import { PROCESSES, type ProcessName, type Stage } from './stage.ts';
import { keepWaiting } from './waiting.ts';

/** The observations of one fault. */
export interface Finding extends Aftermath {
  /** The answers to the user meanwhile, by act. */
  seen: Partial<Record<Act | 'start', string>>;
}

/**
 * Seconds in which a rendition is made on a busy machine, also if an image process dies at it, which is retried after two seconds. The
 * message of a worker that dies is received again after 30.
 */
const RENDITION_SECONDS = { usual: 5, afterEnd: 15 };

/** Milliseconds in which a queue notices that its clock was turned, so that its reaction is awaited with the rest. */
const CLOCK_NOTICED_MS = 2_500;

/** Milliseconds after which a service's cache of a record expires. */
const FORGETS_MS = 1_100;

/** Injects a fault, does all acts of a user, lifts the fault, and observes the state of everything. */
export async function observe(stage: Stage, fault: Fault): Promise<Finding> {
  if ('inflict' in fault) return observeDamage(stage, fault);
  if ('ending' in fault) return observeStart(stage, fault);
  const scene = await stage.setScene();
  const before = await placesOf(stage);
  if (!('sweep' in fault)) {
    const seen = await during(stage, scene, fault);
    return { seen, ...(await aftermathOf(stage, scene, before)) };
  }
  const { act } = fault.sweep;
  const told = new Set<string>();
  // Calls of concurrent background work fail too, without any effect on the act.
  for await (const answer of sweep(stage, scene, fault.sweep)) if (answer !== AS_ALWAYS) told.add(answer);
  return { seen: { [act]: [...told].sort().join(' or ') || AS_ALWAYS }, ...(await aftermathOf(stage, scene, before)) };
}

async function during(
  stage: Stage,
  scene: Scene,
  fault: Exclude<Fault, { sweep: Sweep } | Damage | StartFault>,
): Promise<Finding['seen']> {
  const { injector } = stage;
  if ('clockSeconds' in fault && fault.isWaiting)
    return { 'new rendition': await madeAtAnotherTime(stage, scene, fault) };
  if ('clockSeconds' in fault) {
    injector.turnClock(fault.clockSeconds);
    // A queue whose clock was set back starts again if a message waits at that moment, which a slow machine's does. Another row has that.
    await sleep(CLOCK_NOTICED_MS);
  } else if ('away' in fault) await takeAway(stage, fault.away);
  else injector.inject(fault.injected);
  const seen: Finding['seen'] = {};
  for (const act of ACTS) seen[act] = await DO[act](scene);
  if (seen['new rendition'] === AS_ALWAYS) seen['new rendition'] = await isMade(scene, RENDITION_SECONDS.usual);
  const { hits } = injector.lift();
  injector.turnClock(0);
  if ('clockSeconds' in fault) await sleep(CLOCK_NOTICED_MS);
  if (hits === 0 && !('clockSeconds' in fault)) throw new Error('Nothing failed, so nothing was found.');
  return seen;
}

/** The outcome of a rendition that waits while the clock is turned. */
async function madeAtAnotherTime(
  stage: Stage,
  scene: Scene,
  { clockSeconds }: { clockSeconds: number },
): Promise<string> {
  const { injector } = stage;
  await keepWaiting(stage, scene);
  injector.turnClock(clockSeconds);
  injector.lift();
  const made = await isMade(scene, RENDITION_SECONDS.afterEnd);
  injector.turnClock(0);
  await sleep(CLOCK_NOTICED_MS);
  return made;
}

const isMade = ({ url, subject: { imageId }, rendition: name }: Scene, seconds: number): Promise<string> =>
  outcomeOf(url, { imageId, name }, seconds);

/** Kills a process, and keeps its successor from starting. */
async function takeAway({ injector, pidsOf }: Stage, name: ProcessName): Promise<void> {
  const pids = pidsOf(name);
  injector.inject({ operations: ['start'], effect: 'hold', process: PROCESSES[name] });
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await sleep(FORGETS_MS);
}

/** Repeats one act with a different fault each time: the faults of a list, or of a later call each time until none fails. */
async function* sweep(stage: Stage, scene: Scene, { act, rounds }: Sweep): AsyncGenerator<string> {
  const isListed = typeof rounds !== 'function';
  for (let round = 1; !isListed || round <= rounds.length; round += 1) {
    if (act === 'delete') scene.doomed = await stage.upload();
    const tried = { ...scene, rendition: `${scene.rendition}-${round}` };
    const injected = isListed ? rounds[round - 1] : rounds(round);
    if (injected) stage.injector.inject(injected);
    const seconds = injected?.effect === 'kill' ? RENDITION_SECONDS.afterEnd : RENDITION_SECONDS.usual;
    let answer = await DO[act](tried);
    if (answer === AS_ALWAYS && act === 'new rendition') answer = await isMade(tried, seconds);
    const { hits } = stage.injector.lift();
    if (hits === 0 && (round === 1 || isListed)) throw new Error('Nothing failed, so nothing was found.');
    yield answer;
    if (injected?.effect === 'kill') await works(scene);
    // Does what the answer says: tries again.
    if (act === 'delete') await remove(scene.url, scene.doomed);
    if (hits === 0) return;
  }
}
