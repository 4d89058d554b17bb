import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Comparison, compare, type Result, type Summary } from './bench/measure.ts';
import { multipartPath } from './bench/multipart-path.ts';
import { type Bench, downloadPath, makePhoto, processPath, startBareServer, uploadPath } from './bench/paths.ts';
import { LOCAL_CREDENTIALS } from './local/emulators.ts';
import type { LogReader } from './local/service-process.ts';
import { startStack } from './local/stack.ts';

const PATHS: Record<string, (bench: Bench) => Comparison | Promise<Comparison>> = {
  upload: uploadPath,
  multipart: multipartPath,
  process: processPath,
  download: downloadPath,
};

const HELP = `npm run bench [-- OPTIONS] [${Object.keys(PATHS).join(' | ')} …]
Measures the services on this machine, each path beside its floor in the same run: uploads and downloads beside a bare Node HTTP
server on the same disk, processing beside a plain loop over sharp. Without a name, all paths.

  --rounds N  rounds that count, each floor and service in turn  (5)
  --json      the figures as JSON
  --help      this text

Exit status 1 if a median ratio misses its target.
`;

/** Counts the renditions that the worker reports in its log. */
function countReady(): { readLog: LogReader; awaitReady: Bench['awaitReady'] } {
  let ready = 0;
  let waiting: { until: number; resolve: () => void } | undefined;
  const readLog: LogReader = (service, lines) => {
    createInterface({ input: lines }).on('line', (line) => {
      if (service !== 'worker' || !line.includes('"msg":"ready"')) return;
      ready += 1;
      if (waiting && ready >= waiting.until) waiting.resolve();
    });
  };
  const awaitReady = (count: number) =>
    new Promise<void>((resolve) => {
      waiting = { until: ready + count, resolve };
    });
  return { readLog, awaitReady };
}

async function measure(names: string[], rounds: number): Promise<Result[]> {
  const folder = await mkdtemp(join(process.cwd(), 'bench-'));
  const { readLog, awaitReady } = countReady();
  const progress = (text: string) => void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  progress('preparing');
  const stack = await startStack({ port: 0, folder: join(folder, 'stack'), logLevel: 'info', readLog });
  const bare = await startBareServer(join(folder, 'bare'));
  try {
    const bench = { folder, photo: await makePhoto(folder), stack, bareUrl: bare.url, awaitReady };
    process.stderr.write(`photograph of ${(bench.photo.bytes.length / 1e6).toFixed(1)} MB\n`);
    const results: Result[] = [];
    for (const name of names) {
      const path = PATHS[name];
      if (path) results.push(await compare(await path(bench), rounds, progress));
    }
    return results;
  } finally {
    bare.stop();
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
    progress('');
  }
}

const figure = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
const spread = ({ median, lowest, highest }: Summary): string =>
  `${figure(median)} (${figure(lowest)}–${figure(highest)})`;

function table(results: Result[]): string {
  const rows = results.map(({ name, unit, floor, ours, ratio, target }) => [
    name,
    unit,
    spread(floor),
    spread(ours),
    spread(ratio),
    `${ratio.median >= target ? '≥' : 'MISSED'} ${target}`,
  ]);
  const all = [['path', 'unit', 'floor', 'service', 'ratio', 'target'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !(name in PATHS));
if (values.help) {
  process.stdout.write(HELP);
} else if (unknown.length > 0 || !(Number(values.rounds) >= 1)) {
  process.stderr.write(
    unknown.length > 0 ? `There is no path ${unknown.join(', ')}.\n\n${HELP}` : `--rounds takes a number from 1.\n`,
  );
  process.exitCode = 2;
} else {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const results = await measure(positionals.length > 0 ? positionals : Object.keys(PATHS), Number(values.rounds));
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  const text = `${table(results)}\n\nmedian (lowest–highest) of ${values.rounds} rounds; ${machine}\n`;
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : text);
  process.exitCode = results.every(({ ratio, target }) => ratio.median >= target) ? 0 : 1;
}
