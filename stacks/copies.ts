import { CommandError, readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { ownerCommands } from './copies/owner-commands.ts';
import { ENVIRONMENTS } from './environments/all.ts';
import type { EnvironmentSettings } from './environments/settings.ts';

const HELP = `npm run copies -- ENVIRONMENT [--account ID]
Prints a shell script for the owner of another account. The script creates the bucket and the vault for the environment's copies
(storage.originalsReplica and storage.tableBackups), with their locks, and lets the environment's account write to them. This command itself
asks AWS nothing and changes nothing. Run the script again when the settings have changed. Use npm run -s, because npm's own output would
break the script.

  --account ID  the account to print the script for, if copies go to more than one
  --help        this text

The script needs the AWS CLI and an administrator's credentials of that account; it checks whose they are before it does anything.
Exit status 1 if the environment has no copies outside its account, 2 for wrong use.
`;

function print(environment: EnvironmentSettings, account: string | undefined): void {
  const scripts = ownerCommands(environment);
  if (scripts.size === 0)
    throw new CommandError(
      `${environment.name} has no copies outside its account: see storage in stacks/environments/.`,
    );
  const [first = ''] = scripts.keys();
  if (account === undefined && scripts.size > 1)
    throw new WrongUse(`Copies go to several accounts; choose one by --account: ${[...scripts.keys()].join(', ')}.`);
  const script = scripts.get(account ?? first);
  if (script === undefined)
    throw new WrongUse(`Copies do not go to account ${account}, but to ${[...scripts.keys()].join(', ')}.`);
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
    throw new WrongUse(`Name one environment (${known}), for example: npm run -s copies -- prod`);
  print(environment, values.account);
});
