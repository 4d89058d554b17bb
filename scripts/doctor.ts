import { readArguments, runCommand } from './command-line.ts';
import { reportOf, statusOf } from './doctor/report.ts';
import { runChecks } from './doctor/run-checks.ts';
import { oneEnvironment } from './target-stack/environment-name.ts';
import { readEnvironment } from './target-stack/synthesised-environment.ts';
import { printable, printableJson } from './terminal/printable.ts';

const HELP = `npm run doctor -- ENVIRONMENT [OPTIONS]
Reports what an environment still lacks before its first apply, and how to get it: tools, settings, credentials, bootstrap, quotas, zones,
service-linked roles, certificates, parameters, images, storage, cost allocation tags. It changes nothing. It decrypts no secrets, so it cannot
tell whether they have the right form.

  --json           prints the report as JSON
  --stacks FOLDER  where cdktf has synthesised the stacks  (cdktf.out/stacks)
  --help           this text

It needs the AWS CLI with credentials for the environment's account. Rights to read are enough, such as those of AWS's policies ReadOnlyAccess
and AWSBillingReadOnlyAccess. It compares each quota with what the environment needs at its maxima, maxTasks and maxInstances; vCPUs that
others in the account use come on top.
Exit status 0 if all is well, 1 if something is missing, 2 for wrong use, 3 if nothing is known to be missing but something could not be
checked.
`;

function readOptions() {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      stacks: { type: 'string', default: 'cdktf.out/stacks' },
    },
  });
  return { ...values, environment: oneEnvironment(positionals, 'npm run doctor -- dev') };
}

await runCommand(async () => {
  const { json, stacks, environment } = readOptions();
  const checked = await readEnvironment(stacks, environment);
  const { accountId, region } = checked;
  const examined = await runChecks(checked);
  const status = statusOf(examined);
  const report = { environment, accountId, region, status, checks: examined };
  if (json) process.stdout.write(`${printableJson(report)}\n`);
  else process.stdout.write(printable(`${environment}, account ${accountId}, ${region}\n\n${reportOf(examined)}`));
  return status;
});
