import { readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { killAgainAndAgain } from './support/kills/kill-run.ts';

const HELP = `npm run kills -- [OPTIONS]
Kills npm start, all of its processes, or one of them, at random moments while clients upload, delete and download, and starts it again; then
compares everything that clients were told with what is there. After some of the kills something that is stored is damaged first: what is
lost by that must be said by npm run verify, and nothing else may be.

  --kills N      kills in all                            (200)
  --damaged N    those after which something is damaged  (a quarter of them)
  --seed N       the same seed draws the same moments    (the time)
  --help         this text

Exit status 1 if anything was lost without a word, 2 for wrong use. 200 kills take half an hour, and Linux or macOS.
`;

function readOptions() {
  const { values } = readArguments(HELP, {
    options: {
      kills: { type: 'string', default: '200' },
      damaged: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const read = (name: string, value: string, { least = 0, most }: { least?: number; most: number }) => {
    if (/^\d{1,7}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw new WrongUse(`--${name} takes a whole number from ${least} to ${most}, not ${value || 'nothing'}.`);
  };
  const kills = read('kills', values.kills, { least: 1, most: 10_000 });
  const damaged =
    values.damaged === undefined ? Math.floor(kills / 4) : read('damaged', values.damaged, { most: kills });
  return { kills, damaged, seed: read('seed', values.seed, { most: 9_999_999 }) };
}

const print = (line: string) => void process.stdout.write(`${line}\n`);

await runCommand(async () => {
  const options = readOptions();
  print(`seed ${options.seed}`);
  const report = await killAgainAndAgain({ ...options, progress: (line) => void process.stderr.write(`${line}\n`) });
  const starts = report.starts.toSorted((a, b) => a - b);
  const share = (part: number) => ((starts[Math.floor((starts.length - 1) * part)] ?? 0) / 1000).toFixed(1);
  print(
    Object.entries(report.kills)
      .map(([what, count]) => `${count} × ${what}`)
      .join(', '),
  );
  print(`starts: half within ${share(0.5)} s, all within ${share(1)} s`);
  for (const line of report.damages) print(line);
  for (const line of report.faults) print(`FAULT ${line}`);
  return report.faults.length === 0 ? 0 : 1;
});
