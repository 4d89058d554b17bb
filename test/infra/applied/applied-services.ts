import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import getPort from 'get-port';
import { createGateway, type Targets } from '../../../scripts/gateway.ts';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { type LogReader, type SupervisedProcess, startService } from '../../../scripts/local/supervised-process.ts';
import type { Deployment } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../../shared/contracts/services.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';
import type { EmulatedAws } from '../emulated-aws.ts';
import { type Guard, startGuard } from '../iam/guard.ts';
import { readPolicy } from '../iam/policy.ts';
import { readTask } from './applied-tasks.ts';

const HOST = '127.0.0.1';
const STOP_GRACE_MS = 5_000;

export interface AppliedServices {
  /** The URL of the gateway in front of the services. */
  url: string;
  /** The requests of each service to AWS, and those that the policies of its applied role refuse. */
  guards: Record<ServiceName, Guard>;
  /** The errors in the logs of the services. */
  faults(): string;
  stop(): Promise<void>;
}

/**
 * Starts the four containers' programs with exactly the environment of their applied task definitions. Only what differs outside of a
 * container is changed: endpoints and credentials, the address to listen on, and the folder of a volume.
 */
export async function startApplied({ endpoint }: EmulatedAws, deployment: Deployment): Promise<AppliedServices> {
  const volumes = await createTemporaryFolder();
  const targets: Targets = {};
  const gateway = createGateway(targets);
  const started: SupervisedProcess[] = [];
  const guards: Partial<AppliedServices['guards']> = {};
  const stop = async () => {
    gateway.closeAllConnections();
    gateway.close();
    await Promise.all(started.map((service) => service.stop(STOP_GRACE_MS)));
    await Promise.all(Object.values(guards).map((guard) => guard.stop()));
    await volumes.remove();
  };
  const log: string[] = [];
  const faults = () =>
    log
      .join('')
      .split('\n')
      .filter((line) => /"level":[56]0/.test(line))
      .join('\n');
  try {
    for (const service of SERVICE_NAMES) {
      const { environment, taskRoleArn } = await readOutside(endpoint, deployment, { service, volumes: volumes.path });
      const guard = await startGuard(endpoint, deployment.accountId, await readPolicy(endpoint, taskRoleArn));
      guards[service] = guard;
      const PORT = String(await getPort({ host: HOST }));
      targets[service] = `http://${HOST}:${PORT}`;
      started.push(startService(service, { ...environment, ...elsewhere(guard.url), PORT }, keepIn(log)));
    }
    await Promise.all(started.map((service) => service.ready()));
    gateway.listen(0, HOST);
    await once(gateway, 'listening');
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${log.join('')}`, { cause: error });
  }
  const { port } = gateway.address() as AddressInfo;
  return { url: `http://${HOST}:${port}`, guards: guards as AppliedServices['guards'], faults, stop };
}

const keepIn =
  (log: string[]): LogReader =>
  (_, lines) =>
    void lines.setEncoding('utf8').on('data', (text) => log.push(text));

const elsewhere = (url: string) => ({
  ...LOCAL_CREDENTIALS,
  AWS_ENDPOINT_URL_CLOUDFRONT: url,
  AWS_ENDPOINT_URL_DYNAMODB: url,
  AWS_ENDPOINT_URL_S3: url,
  AWS_ENDPOINT_URL_SQS: url,
  HOST,
});

/** The environment of a task, with its volume in a folder of this machine. */
async function readOutside(
  endpoint: string,
  deployment: Deployment,
  { service, volumes }: { service: ServiceName; volumes: string },
): Promise<{ environment: Record<string, string>; taskRoleArn: string }> {
  const { environment, container, taskRoleArn } = await readTask(endpoint, deployment, service);
  expect(Number(environment.PORT), service).to.equal(SERVICES[service].port);
  const { WORK_DIRECTORY } = environment;
  if (!WORK_DIRECTORY) return { environment, taskRoleArn };
  const mount = container.mountPoints.find(({ containerPath }) => WORK_DIRECTORY.startsWith(containerPath));
  expect(mount, 'a volume that the worker may write to').to.include({ readOnly: false });
  return { environment: { ...environment, WORK_DIRECTORY: join(volumes, WORK_DIRECTORY) }, taskRoleArn };
}
