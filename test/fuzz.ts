import { SingleBar } from 'cli-progress';
import { readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { fuzz } from './support/fuzz/fuzz-run.ts';
import { AUTH_FUZZ_KINDS, type AuthFuzzKind, FUZZ_KINDS, type FuzzKind } from './support/fuzz/kinds.ts';
import { resetConnections } from './support/fuzz/resets.ts';
import { startFuzzTarget } from './support/fuzz/target.ts';

const KINDS = [...Object.keys(FUZZ_KINDS), 'resets'];

const HELP = `npm run fuzz -- [OPTIONS]
Sends what strangers might send to the services' own programs, each started once: forms and raw bodies that are cut, scrambled and told to be
longer or shorter than they are, parts, JSON bodies, downloads of which clients go away; and resets connections to npm start. Looks at every
answer by the OpenAPI document, and afterwards at what is left: files, items, descriptors, memory, lines of errors.

  --auth        with authentication on: tokens, keys, links and whatever else shows who asks, right, wrong and damaged. All that the services
                write is searched for every secret
  --cases N     of each kind; of resets a hundredth                        (100000)
  --only KIND   one of ${KINDS.join(', ')}; may be repeated          (all)
                With --auth one of ${Object.keys(AUTH_FUZZ_KINDS).join(', ')}   (the last)
  --seed N      of the choices; printed, so that a run can be repeated     (the time)
  --from N      number of the first case, to repeat one: --from N --cases 1
  --at-once N   connections at once                                        (16)
  --help        this text

Exit status 1 when something was not as it must be, 2 for wrong use. 100,000 forms take about ten minutes on two cores.
`;

function readOptions() {
  const { values } = readArguments(HELP, {
    options: {
      auth: { type: 'boolean', default: false },
      cases: { type: 'string', default: '100000' },
      only: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
      from: { type: 'string', default: '0' },
      'at-once': { type: 'string', default: '16' },
    },
  });
  const numberOf = (name: 'cases' | 'seed' | 'from' | 'at-once', least: number): number => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < least)
      throw new WrongUse(`--${name} takes a whole number from ${least} on, not ${values[name] || 'nothing'}.`);
    return value;
  };
  const kinds = values.auth ? Object.keys(AUTH_FUZZ_KINDS) : KINDS;
  const unknown = values.only.find((kind) => !kinds.includes(kind));
  if (unknown !== undefined)
    throw new WrongUse(`--only takes one of ${kinds.join(', ')}, not ${unknown || 'nothing'}.`);
  return {
    auth: values.auth,
    cases: numberOf('cases', 1),
    seed: numberOf('seed', 0),
    from: numberOf('from', 0),
    concurrency: numberOf('at-once', 1),
    kinds: values.only.length > 0 ? values.only : values.auth ? kinds.slice(-1) : kinds,
  };
}

type Options = ReturnType<typeof readOptions>;

async function run(kind: string, { auth, cases, seed, from, concurrency }: Options): Promise<string[]> {
  const total = kind === 'resets' ? Math.ceil(cases / 100) : cases;
  const isShown = process.stdout.isTTY;
  const bar = new SingleBar({ format: `${kind} {bar} {value} of {total}, {duration_formatted}`, noTTYOutput: false });
  bar.start(total, 0);
  const tenth = Math.ceil(total / 10);
  const progress = (done: number) => {
    if (isShown) bar.update(done);
    else if (done % tenth === 0) process.stdout.write(`${kind}: ${done} of ${total}\n`);
  };
  try {
    if (kind === 'resets') {
      const { faults, ...counts } = await resetConnections({ seed, resets: total, progress });
      bar.stop();
      process.stdout.write(`${kind}: ${JSON.stringify(counts)}\n`);
      return faults;
    }
    const target = await startFuzzTarget(['sync-upload', 'async-upload', 'download'], { auth });
    try {
      const { faults, ...counts } = await fuzz(
        target,
        { ...FUZZ_KINDS, ...AUTH_FUZZ_KINDS }[kind as FuzzKind | AuthFuzzKind],
        {
          seed,
          from,
          cases,
          concurrency,
          progress,
        },
      );
      bar.stop();
      process.stdout.write(`${kind}: ${JSON.stringify(counts)}\n`);
      return faults;
    } finally {
      await target.stop();
    }
  } finally {
    bar.stop();
  }
}

await runCommand(async () => {
  const options = readOptions();
  process.stdout.write(`seed ${options.seed}\n`);
  let status = 0;
  for (const kind of options.kinds) {
    const faults = await run(kind, options);
    for (const fault of faults) process.stdout.write(`${kind}: ${fault}\n`);
    if (faults.length > 0) status = 1;
  }
  return status;
});
