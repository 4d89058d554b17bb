import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { cornersOf, lineOf, walkCorners, withinSeconds } from './support/worker/corner-walk.ts';
import { ORIGINALS } from './support/worker/corners.ts';

const HELP = `npm run costs -- [OPTIONS] [ORIGINAL …]
Measures what renditions of the largest images take, beside what is estimated before they are begun: the figures of
shared/domain/commands.ts and format-costs.ts. One line for each: outcome, processor time and its share of the estimate, memory and its
share. A share above 1 is an estimate that is too low, a small one refuses what there is time for.

  ORIGINAL     ${Object.keys(ORIGINALS).join(', ')}
               (all)
  --scale N    of the largest images that are accepted        (0.0625)
  --seconds N  leaves out what is estimated at more           (12)
  --help       this text

Exit status 2 for wrong use. All of it takes about a quarter of an hour.
`;

/** More than anything here may take, so that nothing is refused. */
const WITHOUT_LIMIT = { seconds: 3600, bytes: 16 * 1024 ** 3 };

function readOptions() {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '0.0625' },
      seconds: { type: 'string', default: '12' },
    },
  });
  const numberOf = (name: 'scale' | 'seconds', most: number): number => {
    const value = Number(values[name]);
    if (!(value > 0 && value <= most))
      throw new WrongUse(`--${name} takes a number above 0, ${most} at most, not ${values[name] || 'nothing'}.`);
    return value;
  };
  const unknown = positionals.find((name) => !(name in ORIGINALS));
  if (unknown !== undefined)
    throw new WrongUse(`There is no original ${unknown}: ${Object.keys(ORIGINALS).join(', ')}.`);
  return {
    scale: numberOf('scale', 1),
    seconds: numberOf('seconds', WITHOUT_LIMIT.seconds),
    names: positionals.length > 0 ? positionals : Object.keys(ORIGINALS),
  };
}

await runCommand(async () => {
  const { scale, seconds, names } = readOptions();
  for (const name of names) {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'costs-'));
    const choices = { budget: WITHOUT_LIMIT, choose: withinSeconds(seconds) };
    for await (const walked of walkCorners(cornersOf(name), { folder: folder.path, name, scale }, choices))
      process.stdout.write(`${lineOf(walked)}\n`);
  }
});
