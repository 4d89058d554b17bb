import { accountNames, type Workflow } from '../shared/contracts/names.ts';
import { readArguments, runCommand } from './command-line.ts';
import { DOCUMENTED_ACCOUNTS } from './doctor/placeholders.ts';
import { oneEnvironment } from './target-stack/environment-name.ts';
import { readEnvironment } from './target-stack/synthesised-environment.ts';

const HELP = `npm run -s deployment -- ENVIRONMENT [OPTIONS]
Prints where an environment is deployed to, and by which roles, as KEY=VALUE lines for the outputs of a workflow's step:
configured, account, region, deploy-role, apply-role, plan-role, preview-role. configured is false while the environment is in the
example account of AWS's documentation, which nobody can deploy to.

  --stacks FOLDER  where npm run synth has written the stacks  (cdktf.out/stacks)
  --help           this text

It asks AWS nothing. Exit status 1 if there is no such environment, 2 for wrong use.
`;

async function main(): Promise<void> {
  const options = { stacks: { type: 'string', default: 'cdktf.out/stacks' } } as const;
  const { values, positionals } = readArguments(HELP, { allowPositionals: true, options });
  const environment = oneEnvironment(positionals, 'npm run -s deployment -- dev');
  const { accountId, region } = await readEnvironment(values.stacks, environment);
  const { role } = accountNames({ accountId, region });
  const arn = (workflow: Workflow) => `arn:aws:iam::${accountId}:role/${role(workflow)}`;
  const facts = {
    configured: !DOCUMENTED_ACCOUNTS.includes(accountId),
    account: accountId,
    region,
    'deploy-role': arn(`deploy-${environment}`),
    'apply-role': arn(`apply-${environment}`),
    'plan-role': arn('plan'),
    'preview-role': arn('preview'),
  };
  for (const [name, value] of Object.entries(facts)) process.stdout.write(`${name}=${value}\n`);
}

await runCommand(main);
