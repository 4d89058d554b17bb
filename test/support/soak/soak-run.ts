import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readOrCreateIssuer } from '../../../scripts/local/data-folder/issuer.ts';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { startStack } from '../../../scripts/local/stack.ts';
import { createTemporaryFolder } from '../storage/temporary-folder.ts';
import { signCallers } from './callers.ts';
import { soakLoad } from './load.ts';
import { differences, type Reading, slopeOf, takeReading } from './readings.ts';

const GARBAGE = fileURLToPath(new URL('../fuzz/collect-garbage.ts', import.meta.url));

export interface SoakReport {
  counts: Record<string, number>;
  /** The growth of each process's memory under load after garbage collection, in MiB a minute. */
  slopes: Record<string, number>;
  before: Reading;
  after: Reading;
  faults: string[];
}

/**
 * Milliseconds in which everything must return to its state before the load: persistent connections have ended by then, and workers have
 * finished their messages.
 */
const SETTLE_MS = 150_000;

/** Everything that a deployment for many owners may turn on. Requests are counted, and never too many. */
const SETTINGS = {
  DEFAULT_VISIBILITY: 'public',
  ORIGINAL_METADATA: 'strip-public',
  SVG_SANITIZING: 'all',
  OWNER_LIMITS: JSON.stringify({
    requestsPerMinute: 1e9,
    requestsPerMinuteAndAddress: 1e9,
    images: 1e9,
    storedBytes: 1e15,
  }),
};

interface SoakOptions {
  /** The duration of the mixed load. */
  minutes: number;
  /** GETs of records and files after it. */
  reads: number;
  warmUpMinutes?: number;
  progress?: (line: string) => void;
}

/** Runs the load on npm start's stack, deletes everything, and returns the measurements that do not return to their earlier values. */
export async function soak({ minutes, reads, warmUpMinutes = 1, progress }: SoakOptions): Promise<SoakReport> {
  const folder = await createTemporaryFolder();
  // Table and queues are provisioned from here.
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const complaints: string[] = [];
  const stack = await startStack({
    port: 0,
    folder: folder.path,
    logLevel: 'error',
    hasIssuer: true,
    settings: SETTINGS,
    readLog: (service, lines) =>
      void lines.on('data', (text) => complaints.push(`${service}: ${String(text).slice(0, 1000)}`)),
    nodeOptions: ['--expose-gc', '--import', GARBAGE],
  });
  try {
    const read = () => takeReading(stack.processes, folder.path);
    const load = await soakLoad(stack.url, await signCallers(await readOrCreateIssuer(folder.path)));
    await load.run(performance.now() + warmUpMinutes * 60_000);
    const before = await settled(load.clear, read, () => []);
    const warmedUp = load.made;
    const begun = performance.now();
    const series: [minute: number, reading: Reading][] = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      await load.run(begun + minute * 60_000);
      series.push([minute, await read()]);
      progress?.(`minute ${minute} of ${minutes}: ${load.made} images made, ${load.faults.length} faults`);
    }
    await load.read(reads);
    progress?.(`${reads} GETs of records and files`);
    const images = load.made - warmedUp;
    const after = await settled(load.clear, read, (reading) => differences(before, reading, images));
    const slopes = Object.keys(before.processes).map((name) => [
      name,
      slopeOf(series.map(([minute, { processes }]) => [minute, processes[name]?.memoryMiB ?? 0])),
    ]);
    const faults = [...load.faults, ...complaints, ...differences(before, after, images)];
    return { counts: load.counts, slopes: Object.fromEntries(slopes), before, after, faults };
  } finally {
    await stack.stop();
    await folder.remove();
  }
}

/** Deletes everything, and measures repeatedly until nothing differs or the time is over. */
async function settled(
  clear: () => Promise<void>,
  read: () => Promise<Reading>,
  differs: (reading: Reading) => string[],
): Promise<Reading> {
  const until = performance.now() + SETTLE_MS;
  // Renditions that were being made meanwhile are in no list, and are gone by themselves.
  await clear();
  await sleep(20_000);
  for (;;) {
    const reading = await read();
    if (differs(reading).length === 0 || performance.now() > until) return reading;
    await sleep(10_000);
  }
}
