import { VISIBILITIES } from '../../shared/domain/image-record.ts';
import { MODERATION_SETTINGS } from '../../shared/domain/moderation.ts';
import { readArguments, WrongUse } from '../command-line.ts';

/** The text that `--help` prints. */
const HELP = `npm run verify [-- OPTIONS]
Reads everything that is stored, compares it with the records, and tells what is lost, different, or in no record.

  --quick            compares lengths only, and reads no bytes
  --rate MIB         MiB that are read in a second at most              (64)
  --reads N          items of the table that are read in a second at most  (1000)
  --grace SECONDS    what looks wrong is looked at again after so long  (5)
  --age SECONDS      younger bytes without a record may belong to an upload under way, and are only counted
                     (900, the time that an upload has; 0 where npm start does not run)
  --adopt            makes records of originals that have none
  --owner NAME       tells only what is wrong with images of that owner; with --adopt: whose they become, if their uploads do
                     not tell, needed in the cloud (local)
  --visibility V     with --adopt: public or private                    (private)
  --moderation M     with --adopt: which of these images wait for somebody's decision, as the setting MODERATION of the services
                     says: off, public or all. What was decided before is lost with the record  (public)
  --remove-orphans   removes renditions and unfinished uploads that no record tells of; never originals
  --drop-damaged     removes renditions that are different, which are made again when somebody asks, and records that
                     are damaged; with --adopt their originals are then taken up again
  --state FILE       what must outlive this process to go on where it was
                     (a file for each place and options in ~/.local/state/image-service/verify)
  --restart          begins anew, and not where an earlier run was broken off
  --json             one JSON object a line: each finding, and a summary at the end
  --data FOLDER      data folder of an npm start, which may run or not  (./data)
  --help             this text

Looks at the data of npm start on this machine, or at the cloud if the environment has IMAGE_TABLE_NAME and OBJECT_STORE_URL, with AWS_REGION
and credentials. Ctrl-C or kill -9 lose nothing: the same command goes on where it was.
Exit status 0 if all is well, 1 if something is not or the run could not go on, 2 for wrong use, 3 if nothing is wrong as far
as could be read, and not everything could.
`;

/** Reads the command line; throws what is wrong with it as one sentence. */
export function readOptions(args = process.argv.slice(2)) {
  const { values } = readArguments(HELP, {
    args: withNegativeNumbers(args),
    options: {
      quick: { type: 'boolean', default: false },
      rate: { type: 'string', default: '64' },
      reads: { type: 'string', default: '1000' },
      grace: { type: 'string', default: '5' },
      age: { type: 'string' },
      adopt: { type: 'boolean', default: false },
      owner: { type: 'string' },
      visibility: { type: 'string' },
      moderation: { type: 'string' },
      'remove-orphans': { type: 'boolean', default: false },
      'drop-damaged': { type: 'boolean', default: false },
      state: { type: 'string' },
      restart: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
  });
  const { quick, adopt, owner, state, restart, json, data, visibility = 'private', moderation = 'public' } = values;
  for (const [name, value] of Object.entries({ data, state, owner })) {
    if (value === '') throw new WrongUse(`--${name} takes ${name === 'owner' ? 'a name' : 'a path'}, not nothing.`);
  }
  for (const name of ['visibility', 'moderation'] as const)
    if (!adopt && values[name] !== undefined) throw new WrongUse(`--${name} goes with --adopt.`);
  if (!adopt && owner !== undefined && (values['remove-orphans'] || values['drop-damaged'])) {
    throw new WrongUse(
      '--owner tells only of one owner, and goes with --remove-orphans and --drop-damaged only if --adopt is there.',
    );
  }
  return {
    ...{ quick, adopt, owner, state, restart, json, data },
    visibility: readOneOf('visibility', VISIBILITIES, visibility),
    moderation: readOneOf('moderation', MODERATION_SETTINGS, moderation),
    removeOrphans: values['remove-orphans'],
    dropDamaged: values['drop-damaged'],
    rateMiB: readNumber('rate', values.rate, 0.001),
    reads: readNumber('reads', values.reads, 1),
    graceMs: readNumber('grace', values.grace, 0) * 1000,
    ageMs: values.age === undefined ? undefined : readNumber('age', values.age, 0) * 1000,
  };
}

export type Options = ReturnType<typeof readOptions>;

/** What a number that is below zero follows belongs to it: `parseArgs` takes it for options. */
const withNegativeNumbers = (args: string[]): string[] =>
  args.flatMap((arg, index) => {
    if (isNegative(arg) && isLong(args[index - 1])) return [];
    const next = args[index + 1];
    return isLong(arg) && isNegative(next) ? `${arg}=${next}` : arg;
  });

const isNegative = (arg: string | undefined): boolean => /^-[\d.]/.test(arg ?? '');
const isLong = (arg: string | undefined): boolean => /^--[a-z-]+$/.test(arg ?? '');

/** Four months, in seconds. */
const MOST = 9_999_999;

function readNumber(name: string, value: string, least: number): number {
  if (/^\d{1,7}(\.\d{1,3})?$/.test(value) && Number(value) >= least && Number(value) <= MOST) return Number(value);
  throw new WrongUse(
    `--${name} takes a number from ${least} to ${MOST}, with three decimals at most, not ${value || 'nothing'}.`,
  );
}

function readOneOf<Name extends string>(option: string, names: readonly Name[], value: string): Name {
  const found = names.find((each) => each === value);
  if (found) return found;
  throw new WrongUse(`--${option} takes ${names.join(' or ')}, not ${value || 'nothing'}.`);
}
