import { CommandError, readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { endDescendants } from '../scripts/descendant-processes.ts';
import { ACCOUNTS } from '../stacks/environments/account.ts';
import { startEmulatedAws } from './infra/emulated-aws.ts';

const HELP = `npm run emulate [-- OPTIONS]
An empty AWS on this machine, to rehearse docs/infrastructure.md without an account: prints what to paste into another terminal, where aws,
terraform and npx cdktf then work on it. It listens on loopback, checks no permissions, runs no tasks, and forgets everything when it is
ended by Ctrl-C.

  --port N        of 127.0.0.1  (any that is free)
  --account ID    the account that it is  (that of stacks/environments/account.ts)
  --help          this text

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

const GREETING = `An empty AWS. Paste these lines into another terminal, and do there what docs/infrastructure.md says; Ctrl-C here ends it.

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
  process.stderr.write(GREETING);
  process.stdout.write(variablesOf(aws.endpoint, region));
  process.stderr.write(REMARK);
  await ended;
  await aws.stop();
  await endDescendants(GRACE_MS);
});
