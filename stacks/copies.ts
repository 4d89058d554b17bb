import { CommandError, readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
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

function print(environment: EnvironmentSettings, account: string | undefined): void {
  const scripts = ownerCommands(environment);
  if (scripts.size === 0)
    throw new CommandError(
      `${environment.name} has no copies outside its account: see storage in stacks/environments/.`,
    );
  const [first = ''] = scripts.keys();
  if (account === undefined && scripts.size > 1)
    throw new WrongUse(`Copies go to several accounts: name one by --account, of ${[...scripts.keys()].join(', ')}.`);
  const script = scripts.get(account ?? first);
  if (script === undefined)
    throw new WrongUse(`No copies go to account ${account}, but to ${[...scripts.keys()].join(', ')}.`);
  process.stdout.write(script);
}

await runCommand(() => {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: { account: { type: 'string' } },
  });
  const known = ENVIRONMENTS.map(({ name }) => name).join(', ');
  const environment = ENVIRONMENTS.find(({ name }) => name === positionals[0]);
  if (!environment || positionals.length > 1)
    throw new WrongUse(`Name one environment, of ${known}: npm run -s copies -- prod`);
  print(environment, values.account);
});
