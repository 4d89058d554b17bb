import { setTimeout as sleep } from 'node:timers/promises';
import { namesOf } from '../../shared/contracts/names.ts';
import { CommandError } from '../command-line.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Digests, servicesWithout, type WholeDigests } from './digests.ts';
import type { Log } from './environment.ts';
import { readRecorded } from './image-parameters.ts';
import { type Look, lookAtServices } from './steady.ts';

/** A clock that tests can turn. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

export const CLOCK: Clock = { now: () => Date.now(), sleep };

export interface Waiting {
  timeoutMinutes: number;
  intervalSeconds: number;
  log: Log;
  clock?: Clock;
}

/** Nothing may look hung: after this time without a change, the same is said again. */
export const SAY_AGAIN_MS = 60_000;

/** The images recorded for an environment, of which none may be missing. */
export async function recordedImages(site: SynthesisedEnvironment): Promise<WholeDigests> {
  const recorded: Digests = await readRecorded(site);
  const without = servicesWithout(recorded);
  if (without.length === 0) return recorded as WholeDigests;
  throw new CommandError(
    `No image is recorded for ${without.join(', ')}: npm run record-digests -- ${site.environment} --from digests.json.`,
  );
}

/** Waits until every service runs its recorded image and nothing else. Throws what ECS says where one failed or the time is over. */
export async function waitUntilSteady(
  site: SynthesisedEnvironment,
  { timeoutMinutes, intervalSeconds, log, clock = CLOCK }: Waiting,
): Promise<void> {
  const wanted = await recordedImages(site);
  const begin = clock.now();
  const end = begin + timeoutMinutes * 60_000;
  const said = createReport(log, clock);
  for (;;) {
    const looks = await lookAtServices(site, wanted);
    said(looks);
    const failed = looks.filter(({ state }) => state === 'failed');
    if (failed.length > 0) throw new CommandError(explain(site, failed));
    const waiting = looks.filter(({ state }) => state === 'waiting');
    if (waiting.length === 0) return;
    if (clock.now() >= end)
      throw new CommandError(
        `After ${timeoutMinutes} minutes these services are not steady.\n${explain(site, waiting)}`,
      );
    await clock.sleep(intervalSeconds * 1000);
  }
}

/** Says what has changed since the last look, and everything again once a minute. */
function createReport(log: Log, clock: Clock): (looks: Look[]) => void {
  const last = new Map<string, string>();
  let spoke = clock.now();
  return (looks) => {
    const isSilent = clock.now() - spoke >= SAY_AGAIN_MS;
    for (const { service, state, seen } of looks) {
      if (last.get(service) === seen && !(isSilent && state === 'waiting')) continue;
      log(`${service}: ${seen}`);
      last.set(service, seen);
      spoke = clock.now();
    }
  };
}

function explain(site: SynthesisedEnvironment, looks: Look[]): string {
  const { logGroup } = namesOf(site);
  return looks
    .flatMap(({ service, seen, events }) => [
      `${service}: ${seen}`,
      ...events.map((event) => `  ECS: ${event}`),
      `  its log: aws logs tail ${logGroup(service)} --since 1h --region ${site.region}`,
    ])
    .join('\n');
}
