import { parseArgs } from 'node:util';
import { ownerCommands } from './copies/owner-commands.ts';
import { ENVIRONMENTS } from './environments/all.ts';
import type { EnvironmentSettings } from './environments/settings.ts';

const HELP = `npm run copies -- ENVIRONMENT [--account ID]
Prints a shell script for the owner of another account: it makes the bucket and the vault that the environment's copies go to
(storage.originalsReplica and storage.tableBackups), with their locks and with the right to write for the environment's account. It asks AWS
nothing and changes nothing. Run the script again when the settings have changed. With npm's own lines in it (npm run without -s) it is none.

  --account ID  of the accounts, where copies go to more than one
  --help        this text

The script needs the AWS CLI and an administrator's credentials of that account; it looks whose they are before it does anything.
Exit status 1 where the environment has no copies outside its account, 2 for wrong use.
`;

/** Undefined for wrong use, which is told. */
function readOptions() {
  try {
    const options = { account: { type: 'string' }, help: { type: 'boolean', default: false } } as const;
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return undefined;
  }
}

const fail = (status: number, message: string): number => {
  process.stderr.write(`${message}\n`);
  return status;
};

function print(environment: EnvironmentSettings, account: string | undefined): number {
  const scripts = ownerCommands(environment);
  if (scripts.size === 0)
    return fail(1, `${environment.name} has no copies outside its account: see storage in stacks/environments/.`);
  const [first = ''] = scripts.keys();
  if (account === undefined && scripts.size > 1)
    return fail(2, `Copies go to several accounts: name one by --account, of ${[...scripts.keys()].join(', ')}.`);
  const script = scripts.get(account ?? first);
  if (script === undefined)
    return fail(2, `No copies go to account ${account}, but to ${[...scripts.keys()].join(', ')}.`);
  process.stdout.write(script);
  return 0;
}

/** The exit status. */
function main(): number {
  const { values, positionals } = readOptions() ?? {};
  if (!values || !positionals) return 2;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const known = ENVIRONMENTS.map(({ name }) => name).join(', ');
  const environment = ENVIRONMENTS.find(({ name }) => name === positionals[0]);
  if (!environment || positionals.length > 1)
    return fail(2, `Name one environment, of ${known}: npm run -s copies -- prod`);
  return print(environment, values.account);
}

process.exitCode = main();
