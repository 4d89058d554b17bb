import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { readArguments, runCommand } from './command-line.ts';
import { LOCAL_CREDENTIALS } from './local/emulators/emulators.ts';
import { LEFT_OUT } from './test-aws/deviations.ts';
import { startMotoServer } from './test-aws/moto-server.ts';
import { PEER_CREDENTIALS, startPeers } from './test-aws/peers.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:aws [-- OPTIONS]
Runs the tests in test/aws against an AWS-compatible endpoint, where they create and remove their own tables, queues and buckets.

  --peers          against AWS's DynamoDB Local, MinIO and ElasticMQ, which are installed below node_modules first: by Maven and Go,
                   in some minutes. Where they are known to deviate from AWS: scripts/test-aws/deviations.ts
  --grep PATTERN   only the tests whose names match
  --help           this text

The endpoint is AWS_ENDPOINT_URL, used with the credentials of the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
Without it moto_server is started for the time of the tests, if it is installed: pip install 'moto[server]'
Exit status 1 if a test fails or there is no endpoint, 2 for wrong use.
`;

const NOTHING_TESTED = 'npm run test:aws CANNOT RUN AND HAS TESTED NOTHING';

const noEndpoint = (reason: string) => `
${NOTHING_TESTED}: there is no AWS-compatible endpoint. AWS_ENDPOINT_URL is not set, and
moto_server, which would be started in its place, does not start (${reason}). Install it with
pip install 'moto[server]' (written for 5.2.1), or set AWS_ENDPOINT_URL to an endpoint that answers S3, DynamoDB, SQS, CloudFront and the logs of CloudWatch.

`;

const noPeers = (reason: string) => `
${NOTHING_TESTED}: DynamoDB Local, MinIO and ElasticMQ cannot be installed and started, for which
Java 17, Maven and Go are needed (${reason}).

`;

/** Milliseconds that moto_server has to answer. */
const START_MS = 30_000;

interface Endpoint {
  env: NodeJS.ProcessEnv;
  /** Further options for Mocha. */
  options: readonly string[];
  stop(): Promise<void>;
}

const openEndpoint = async (): Promise<Endpoint> =>
  process.env.AWS_ENDPOINT_URL ? { env: process.env, options: [], stop: async () => undefined } : openMoto();

async function openMoto(): Promise<Endpoint> {
  const { url, stop } = await startMotoServer({ env: process.env, startMs: START_MS });
  return { env: { ...process.env, ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: url }, options: [], stop };
}

async function openPeers(): Promise<Endpoint> {
  const { url, stop } = await startPeers(process.env);
  const options = ['--require', './test/support/http/deviations.ts', ...LEFT_OUT.flatMap((file) => ['--ignore', file])];
  return { env: { ...process.env, ...PEER_CREDENTIALS, AWS_ENDPOINT_URL: url }, options, stop };
}

/** Half of the time is spent in the endpoint, so two files run at once. */
const MOCHA = [
  '--timeout',
  '60000',
  '--parallel',
  '--jobs',
  '2',
  '--require',
  './test/support/storage/aws-credentials.ts',
];

/** Ends the child where this process ends first, for instance by Ctrl-C. */
const endWithThisProcess = (child: ChildProcess) => process.once('exit', () => child.kill());

async function runMocha({ env, options }: Endpoint, grep: string | undefined): Promise<number> {
  const args = [...MOCHA, ...options, ...(grep ? ['--grep', grep] : []), 'test/aws/**/*.test.ts'];
  const child = startMocha(args, { env });
  endWithThisProcess(child);
  return statusOf(child);
}

async function main(): Promise<number> {
  const { values } = readArguments(HELP, {
    options: {
      peers: { type: 'boolean', default: false },
      grep: { type: 'string' },
    },
  });
  let endpoint: Endpoint;
  try {
    endpoint = await (values.peers ? openPeers() : openEndpoint());
  } catch (error) {
    process.stderr.write((values.peers ? noPeers : noEndpoint)((error as Error).message));
    return 1;
  }
  try {
    return await runMocha(endpoint, values.grep);
  } finally {
    await endpoint.stop();
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
// Exits explicitly, because open sockets to the endpoint would keep the process alive.
await runCommand(async () => process.exit(await main()));
