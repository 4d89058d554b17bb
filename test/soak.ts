import { readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { linesOf, plainTable } from '../scripts/terminal/plain-table.ts';
import { type SoakReport, soak } from './support/soak/soak-run.ts';

const HELP = `npm run soak -- [OPTIONS]
Loads npm start's own processes by several owners with uploads, parts, downloads, lists, deletes, changes, links, upload tokens, credentials of
nobody, clients that go away and slow readers; then deletes everything, and compares what each process holds with what it held before: memory
once garbage is collected, descriptors, threads, timers, files and folders.

  --minutes N    of load, after one that warms up                        (5)
  --reads N      GETs of records and files after that, as fast as they go   (100000)
  --help         this text

Exit status 1 when something did not return to where it was or was not answered as it should be, 2 for wrong use. Takes five minutes more than
the load, and Linux.
`;

function readOptions() {
  const { values } = readArguments(HELP, {
    options: {
      minutes: { type: 'string', default: '5' },
      reads: { type: 'string', default: '100000' },
    },
  });
  const read = (name: 'minutes' | 'reads', least: number) => {
    const number = Number(values[name]);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new WrongUse(`--${name} takes a whole number from ${least} on, not ${values[name] || 'nothing'}.`);
  };
  return { minutes: read('minutes', 1), reads: read('reads', 0) };
}

/** Faults that are printed. */
const SHOWN = 40;

const fixed = (value = 0): string => value.toFixed(1);

function tables({ counts, slopes, before, after }: SoakReport): string {
  const processes = plainTable([
    'process',
    'memory, MiB',
    'a minute',
    'resident, MiB',
    'descriptors',
    'threads',
    'timers',
  ]);
  for (const [name, was] of Object.entries(before.processes)) {
    const is = after.processes[name];
    processes.push([
      name,
      `${fixed(was.memoryMiB)} → ${fixed(is?.memoryMiB)}`,
      (slopes[name] ?? 0).toFixed(2),
      `${fixed(was.residentMiB)} → ${fixed(is?.residentMiB)}`,
      `${was.descriptors} → ${is?.descriptors}`,
      `${was.threads} → ${is?.threads}`,
      `${was.timers} → ${is?.timers}`,
    ]);
  }
  const folders = plainTable(['folder', 'files', 'folders', 'MiB']);
  for (const [name, was] of Object.entries(before.folders)) {
    const is = after.folders[name];
    folders.push([
      name,
      `${was.files} → ${is?.files}`,
      `${was.folders} → ${is?.folders}`,
      `${fixed(was.MiB)} → ${fixed(is?.MiB)}`,
    ]);
  }
  const done = Object.entries(counts).map(([name, count]) => `${count} × ${name}`);
  return `${done.join(', ')}\n\n${linesOf(processes)}\n\n${linesOf(folders)}\n`;
}

await runCommand(async () => {
  const options = readOptions();
  const report = await soak({ ...options, progress: (line) => void process.stderr.write(`${line}\n`) });
  process.stdout.write(tables(report));
  const shown = report.faults.slice(0, SHOWN);
  for (const fault of shown) process.stdout.write(`${fault}\n`);
  if (report.faults.length > SHOWN) process.stdout.write(`and ${report.faults.length - SHOWN} more\n`);
  return report.faults.length === 0 ? 0 : 1;
});
