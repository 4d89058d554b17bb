import { CommandError, readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { endDescendants } from '../scripts/local/descendant-processes.ts';
import { PROVIDER } from '../scripts/test-infra/prerequisites.ts';
import { mirrorSettings } from '../scripts/test-infra/provider-mirror.ts';
import { ACCOUNTS } from '../stacks/environments/account.ts';
import { startEmulatedAws } from './infra/emulated-aws.ts';
import { createTemporaryFolder } from './support/storage/temporary-folder.ts';

const HELP = `npm run emulate [-- OPTIONS]
An empty AWS on this machine, to rehearse docs/deploying.md without an account: prints what to paste into another terminal, where aws,
terraform and npx cdktf then work on it. It listens on loopback, checks no permissions, runs no tasks, and forgets everything when it is
ended by Ctrl-C.

  --port N        of 127.0.0.1  (any that is free)
  --account ID    the account that it is  (that of stacks/environments/account.ts)
  --help          this text

Start it when the account in the settings is the one that you want: others are refused. Where it finds a mirror of Terraform's AWS provider, it
names it to Terraform as well (TERRAFORM_MIRROR, or below /opt).

It needs moto_server: pip install 'moto[server]==5.2.1'. What moto lacks is answered by test/infra/stand-in.
Exit status 0 when it is ended, 1 if it cannot start, 2 for wrong use.
`;

/** Milliseconds that what it has started has to end. */
const GRACE_MS = 3_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function readOptions() {
  const { values } = readArguments(HELP, {
    options: {
      port: { type: 'string', default: '0' },
      account: { type: 'string', default: Object.values(ACCOUNTS)[0]?.accountId ?? '' },
    },
  });
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535)
    throw new WrongUse(`--port takes a number from 0 to 65535, not ${values.port || 'nothing'}.`);
  if (!/^\d{12}$/.test(values.account))
    throw new WrongUse(`--account takes twelve digits, not ${values.account || 'nothing'}.`);
  return { port, account: values.account };
}

/**
 * Credentials of an environment come before a profile's, and these are none of anybody's: what reaches AWS by mistake is refused there. Nobody
 * needs more: an endpoint that is an address has every SDK put the bucket into the path.
 */
const variablesOf = (endpoint: string, region: string): string => `unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=emulated AWS_SECRET_ACCESS_KEY=emulated
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_EC2_METADATA_DISABLED=true
`;

const GREETING = `An empty AWS. Paste these lines into another terminal, and do there what docs/deploying.md says below "Rehearse"; Ctrl-C here ends it.

`;

/** Where Terraform has a mirror, so that it asks nobody on the Internet. */
const mirrorOf = (settings: NodeJS.ProcessEnv): string =>
  Object.entries(settings)
    .map(([name, value]) => `export ${name}=${value} CHECKPOINT_DISABLE=1\n`)
    .join('');

const MIRROR_REMARK = `
Terraform gets its AWS provider from the mirror that TF_CLI_CONFIG_FILE names, so give each npx cdktf … the option --skip-provider-lock, which keeps
it from asking the registry.
`;

const REMARK = `
Version 1 of the AWS CLI does not read the endpoint for SQS: aws sqs … --endpoint-url $AWS_ENDPOINT_URL
`;

async function start(accountId: string, port: number) {
  try {
    return await startEmulatedAws(accountId, { port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new CommandError(`Port ${port} is taken. Give another --port, or none.`);
    if (code === 'ENOENT')
      throw new CommandError(`moto_server is not installed. Install it: pip install 'moto[server]==5.2.1'`);
    throw new CommandError(`moto_server does not start: ${message}`);
  }
}

await runCommand(async () => {
  const { port, account } = readOptions();
  const ended = Promise.race(SIGNALS.map((signal) => new Promise((resolve) => process.once(signal, resolve))));
  const region = Object.values(ACCOUNTS).find(({ accountId }) => accountId === account)?.region ?? 'us-east-1';
  const aws = await start(account, port);
  const folder = await createTemporaryFolder();
  const mirror = await mirrorSettings(folder.path, PROVIDER);
  process.stderr.write(GREETING);
  process.stdout.write(variablesOf(aws.endpoint, region) + mirrorOf(mirror));
  process.stderr.write(REMARK + (mirror.TF_CLI_CONFIG_FILE ? MIRROR_REMARK : ''));
  await ended;
  await Promise.all([aws.stop(), folder.remove()]);
  await endDescendants(GRACE_MS);
});
