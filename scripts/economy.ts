import { userInfo } from 'node:os';
import { namesOf } from '../shared/contracts/names.ts';
import { ECONOMY_MODES, type EconomyModeValue } from '../shared/domain/economy-mode.ts';
import { createDocumentClient } from '../shared/runtime/clients.ts';
import { type EconomySwitch, readEconomyMode, switchEconomyMode } from '../shared/storage/table/economy-mode.ts';
import type { ImageTable } from '../shared/storage/table/image-table.ts';
import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import { openEnvironment } from './deploy/environment.ts';
import { capWorkers, freeWorkers, readCap, workerTasks } from './economy/worker-cap.ts';
import { oneEnvironment } from './target-stack/environment-name.ts';
import { explainAwsError } from './target-stack/explain-aws-error.ts';
import { dataFolder, readLocalAddress } from './target-stack/stack-address.ts';
import type { SynthesisedEnvironment } from './target-stack/synthesised-environment.ts';
import { printable } from './terminal/printable.ts';

const HELP = `npm run economy -- [ENVIRONMENT] [on|off|status] [OPTIONS]
Turns economy mode on or off, in which services save processor time and workers keep a quarter of their tasks, or tells whether it is on.
Services follow within a minute and a half, workers within five minutes. Without an environment it is about the stack that npm start runs on
this machine, whose worker stays as it is.

  --data FOLDER    data folder of that npm start                (./data)
  --stacks FOLDER  where npm run synth has written the stacks  (cdktf.out/stacks)
  --help           this text

For an environment it needs the AWS CLI, and credentials that may write its table and scale its services.
Exit status 1 if it could not be read or turned, or the workers' cap does not go with it, 2 for wrong use.
`;

type Verb = EconomyModeValue | 'status';

const VERBS: readonly string[] = [...ECONOMY_MODES, 'status'] satisfies Verb[];

function readOptions() {
  const options = { data: { type: 'string' }, stacks: { type: 'string', default: 'cdktf.out/stacks' } } as const;
  const { values, positionals } = readArguments(HELP, { allowPositionals: true, options });
  const verbs = positionals.filter((each) => VERBS.includes(each));
  const others = positionals.filter((each) => !VERBS.includes(each));
  if (verbs.length > 1) throw new WrongUse(`Choose one of ${verbs.join(' and ')}.`);
  if (others.length > 0 && values.data !== undefined)
    throw new WrongUse('--data is for the stack on this machine, and no environment has one.');
  const environment = others.length > 0 ? oneEnvironment(others, 'npm run economy -- prod on') : undefined;
  return { verb: (verbs[0] ?? 'status') as Verb, environment, ...values };
}

const print = (line: string): void => void process.stdout.write(`${printable(line)}\n`);

const describe = ({ mode, changedAt, changedBy }: EconomySwitch): string =>
  `Economy mode is ${mode}${changedAt ? ` since ${changedAt}, switched by ${changedBy}` : ', and nobody has ever switched it'}.`;

async function runLocally(folder: string, verb: Verb): Promise<void> {
  const settings = await readLocalAddress(folder, process.env);
  if (!settings)
    throw new CommandError(
      `Nothing runs on ${folder}. Run npm start, name its folder by --data, or name an environment.`,
    );
  const table = { documents: createDocumentClient(settings), tableName: settings.IMAGE_TABLE_NAME };
  if (verb !== 'status') await switchEconomyMode(table, verb, userInfo().username);
  print(describe(await readEconomyMode(table, { consistent: true })));
  if (verb !== 'status') print(FOLLOWING);
}

/** What a switch does not do at once. */
const FOLLOWING = 'Services follow within a minute and a half.';

/** Turns the switch first, because services follow it sooner than workers their cap. */
async function runInAws(site: SynthesisedEnvironment, verb: Verb): Promise<number> {
  const table = { documents: createDocumentClient({ AWS_REGION: site.region }), tableName: namesOf(site).table };
  if (verb !== 'status') {
    const { Arn } = await site.aws()('sts', 'get-caller-identity');
    await switchEconomyMode(table, verb, Arn);
    await (verb === 'on' ? capWorkers : freeWorkers)(site);
  }
  const status = await tell(site, table);
  if (verb !== 'status') print(FOLLOWING);
  return status;
}

async function tell(site: SynthesisedEnvironment, table: ImageTable): Promise<number> {
  const { environment } = site;
  const [found, cap] = await Promise.all([readEconomyMode(table, { consistent: true }), readCap(site)]);
  const { maxTasks } = workerTasks(site);
  print(describe(found));
  print(
    cap === undefined
      ? `At most ${maxTasks} tasks of workers run.`
      : `At most ${cap} tasks of workers run, of ${maxTasks}.`,
  );
  if ((found.mode === 'on') === (cap !== undefined)) return 0;
  print(`The workers' cap does not go with that. Turn it again: npm run economy -- ${environment} ${found.mode}`);
  return 1;
}

async function main(): Promise<number> {
  const { verb, environment, data, stacks } = readOptions();
  if (environment) return runInAws(await openEnvironment(stacks, environment), verb);
  await runLocally(dataFolder(data), verb);
  return 0;
}

await runCommand(main, explainAwsError);
