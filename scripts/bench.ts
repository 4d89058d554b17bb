import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Bench, makePhoto, startBareServer } from './bench/bench-setup.ts';
import { type Comparison, compare, isMissed, type Result } from './bench/compare.ts';
import { downloadPath } from './bench/download-path.ts';
import { durabilityPath } from './bench/durability-path.ts';
import { multipartPath } from './bench/multipart-path.ts';
import { processPaths } from './bench/process-path.ts';
import { tablesOf } from './bench/result-tables.ts';
import { uploadPath } from './bench/upload-path.ts';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { LOCAL_CREDENTIALS } from './local/emulators/emulators.ts';
import { startStack } from './local/stack.ts';
import type { LogReader } from './local/supervised-process.ts';

const PATHS: Record<string, (bench: Bench) => Comparison | Promise<Comparison | Comparison[]>> = {
  upload: uploadPath,
  multipart: multipartPath,
  process: processPaths,
  download: downloadPath,
  durability: durabilityPath,
};

const HELP = `npm run bench [-- OPTIONS] [${Object.keys(PATHS).join(' | ')} …]
Measures the services on this machine. Each path is compared with its floor in the same run: uploads and downloads with a bare Node HTTP
server on the same disk, processing with a plain loop over sharp, and answers that wait for the disk with answers that do not. Without a
name, it measures all paths.

  --rounds N            measured rounds, floor and service in turn  (5)
  --setting NAME=VALUE  a setting of the services, such as WORKER_PROCESSES=3; may be given several times
  --json                the figures as JSON
  --help                this text

Exit status 1 if a median ratio misses its target, 2 for wrong use.
`;

/** How to read the figures. */
const HOW = `Where a cell has two figures, the first is the floor's. Load generator, emulators and servers share the cores: read ratios, not rates.
Median (lowest–highest)`;

/** Counts the renditions that the worker reports in its log, and keeps the highest memory in its metrics. */
function watchWorker(): { readLog: LogReader } & Pick<Bench, 'awaitReady' | 'peakMemory'> {
  let ready = 0;
  let peak = 0;
  let waiting: { until: number; resolve: () => void } | undefined;
  const readLog: LogReader = (service, lines) => {
    createInterface({ input: lines }).on('line', (line) => {
      if (service !== 'worker') return;
      peak = Math.max(peak, Number(/"PeakMemory":(\d+)/.exec(line)?.[1] ?? 0));
      if (!line.includes('"msg":"ready"')) return;
      ready += 1;
      if (waiting && ready >= waiting.until) waiting.resolve();
    });
  };
  const awaitReady = (count: number) =>
    new Promise<void>((resolve) => {
      waiting = { until: ready + count, resolve };
    });
  const peakMemory = () => {
    const highest = peak;
    peak = 0;
    return highest;
  };
  return { readLog, awaitReady, peakMemory };
}

interface Run {
  names: string[];
  rounds: number;
  settings: Record<string, string>;
}

async function measure({ names, rounds, settings }: Run): Promise<Result[]> {
  const folder = await mkdtemp(join(process.cwd(), 'bench-'));
  const { readLog, ...worker } = watchWorker();
  const progress = (text: string) => void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  progress('preparing');
  const stack = await startStack({
    port: 0,
    folder: join(folder, 'stack'),
    logLevel: 'info',
    readLog,
    isEphemeral: true,
    settings: { METRICS: 'emf', ...settings },
  });
  const bare = await startBareServer(join(folder, 'bare'));
  try {
    const bench = { folder, photo: await makePhoto(folder), stack, bareUrl: bare.url, barePid: bare.pid, ...worker };
    process.stderr.write(`photograph of ${(bench.photo.bytes.length / 1e6).toFixed(1)} MB\n`);
    const results: Result[] = [];
    for (const name of names) {
      const path = PATHS[name];
      for (const comparison of path ? [await path(bench)].flat() : []) {
        results.push(await compare(comparison, rounds, progress));
      }
    }
    return results;
  } finally {
    bare.stop();
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
    progress('');
  }
}

const notes = (results: Result[]): string =>
  results.map(({ name, note }) => (note ? `${name}: ${note}\n` : '')).join('');

async function main(): Promise<number> {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      setting: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !(name in PATHS));
  if (unknown.length > 0)
    throw new WrongUse(`There is no path ${unknown.join(', ')}: ${Object.keys(PATHS).join(', ')}.`);
  if (!/^[1-9]\d*$/.test(values.rounds))
    throw new WrongUse(`--rounds takes a whole number from 1, not ${values.rounds || 'nothing'}.`);
  const unset = values.setting.find((setting) => !/^\w+=/.test(setting));
  if (unset !== undefined) throw new WrongUse(`--setting takes NAME=VALUE, not ${unset || 'nothing'}.`);
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const names = positionals.length > 0 ? positionals : Object.keys(PATHS);
  const settings = Object.fromEntries(values.setting.map((setting) => setting.split(/=(.*)/s).slice(0, 2)));
  const results = await measure({ names, rounds: Number(values.rounds), settings });
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  const text = `${tablesOf(results)}\n\n${notes(results)}${HOW}, of ${values.rounds} rounds; ${machine}\n`;
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : text);
  return results.some(isMissed) ? 1 : 0;
}

await runCommand(main);
