import { rm, writeFile } from 'node:fs/promises';
import { CommandError } from '../command-line.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { areSame, type Digests, readDigests, whole } from './digests.ts';
import type { Log } from './environment.ts';
import { readProven, readRecorded, requireImages, writeProven, writeRecorded } from './image-parameters.ts';

export interface Recording {
  /** The file with the digests that are to run. */
  from: string;
  /** The file that gets the digests to go back to. There is none where there is nothing to go back to, so that nobody tries. */
  previous?: string | undefined;
  isDryRun: boolean;
  log: Log;
}

/** Records the images that the next apply of an environment starts. */
export async function recordDigests(
  site: SynthesisedEnvironment,
  { from, previous, isDryRun, log }: Recording,
): Promise<void> {
  const wanted = whole(from, await readDigests(from));
  await requireImages(site, wanted);
  const before = await readRecorded(site);
  if (previous && !isDryRun) await keepPrevious(previous, await toGoBackTo(site, before, wanted));
  const changed = isDryRun ? announce(before, wanted, log) : await writeRecorded(site, before, wanted, log);
  const of = wanted.revision ? ` of ${wanted.version ?? 'commit'} ${wanted.revision.slice(0, 12)}` : '';
  if (changed.length === 0) log(`${site.environment} has the images${of} recorded already.`);
  else if (!isDryRun)
    log(`${changed.length} images${of} are recorded for ${site.environment}. npm run deploy starts them.`);
}

/**
 * What a failed deployment goes back to. What is recorded may never have worked: the deployment that recorded it may have been cancelled, and may be
 * what runs again now. So it is what was proven last, or what is recorded where nothing was proven yet; never what is to be recorded.
 */
async function toGoBackTo(
  site: SynthesisedEnvironment,
  before: Digests,
  wanted: Digests,
): Promise<Digests | undefined> {
  const last = (await readProven(site)) ?? before;
  const ranNothing = Object.values(last.images).every((digest) => digest === null);
  return ranNothing || areSame(last, wanted) ? undefined : last;
}

/** Whether these images were recorded before, and may be those that have failed. A rollback that is repeated finds proven ones recorded. */
export async function isNoWayBack(site: SynthesisedEnvironment, wanted: Digests): Promise<boolean> {
  if (!areSame(await readRecorded(site), wanted)) return false;
  const proven = await readProven(site);
  return !proven || !areSame(proven, wanted);
}

async function keepPrevious(path: string, last: Digests | undefined): Promise<void> {
  if (last) await writeFile(path, `${JSON.stringify(last, null, 2)}\n`);
  else await rm(path, { force: true });
}

export interface Proving {
  /** The file with the digests that were deployed. */
  from: string;
  isDryRun: boolean;
  log: Log;
}

/** Remembers that the recorded images work, so that later deployments go back to them. */
export async function recordProven(site: SynthesisedEnvironment, { from, isDryRun, log }: Proving): Promise<void> {
  const proven = whole(from, await readDigests(from));
  if (!areSame(await readRecorded(site), proven))
    throw new CommandError(
      `${from} has other images than those recorded for ${site.environment}, so they are not what was proven.`,
    );
  if (isDryRun) return log(`would remember that the images recorded for ${site.environment} are proven`);
  await writeProven(site, proven);
  log(`The images recorded for ${site.environment} are proven: a later deployment that fails goes back to them.`);
}

function announce(before: Digests, wanted: Digests, log: Log): string[] {
  const changed = Object.entries(wanted.images).filter(
    ([service, digest]) => before.images[service as keyof Digests['images']] !== digest,
  );
  for (const [service, digest] of changed) log(`would record ${digest} for ${service}`);
  return changed.map(([service]) => service);
}
