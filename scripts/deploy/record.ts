import { rm, writeFile } from 'node:fs/promises';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Digests, readDigests, whole } from './digests.ts';
import type { Log } from './environment.ts';
import { readRecorded, requireImages, writeRecorded } from './image-parameters.ts';

export interface Recording {
  /** The file with the digests that are to run. */
  from: string;
  /** The file that gets the digests recorded until now. There is none where nothing ran until now, so that nobody tries to go back. */
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
  if (previous && !isDryRun) await keepPrevious(previous, before);
  const changed = isDryRun ? announce(before, wanted, log) : await writeRecorded(site, before, wanted, log);
  const of = wanted.revision ? ` of ${wanted.version ?? 'commit'} ${wanted.revision.slice(0, 12)}` : '';
  if (changed.length === 0) log(`${site.environment} has the images${of} recorded already.`);
  else if (!isDryRun)
    log(`${changed.length} images${of} are recorded for ${site.environment}. npm run deploy starts them.`);
}

async function keepPrevious(path: string, before: Digests): Promise<void> {
  const ranNothing = Object.values(before.images).every((digest) => digest === null);
  if (ranNothing) await rm(path, { force: true });
  else await writeFile(path, `${JSON.stringify(before, null, 2)}\n`);
}

function announce(before: Digests, wanted: Digests, log: Log): string[] {
  const changed = Object.entries(wanted.images).filter(
    ([service, digest]) => before.images[service as keyof Digests['images']] !== digest,
  );
  for (const [service, digest] of changed) log(`would record ${digest} for ${service}`);
  return changed.map(([service]) => service);
}
