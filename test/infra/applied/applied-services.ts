import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import getPort from 'get-port';
import { createGateway, type Targets } from '../../../scripts/gateway.ts';
import { HOST } from '../../../scripts/local/loopback.ts';
import { type LogReader, type SupervisedProcess, startService } from '../../../scripts/local/supervised-process.ts';
import { type Deployment, namesOf } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';
import type { EmulatedAws } from '../emulated-aws.ts';
import type { Guard } from '../iam/guard.ts';
import { prepareProgram } from './applied-program.ts';

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

/** Starts the four containers' programs by their newest applied task definitions, with `more` variables, and keeps them running. */
export async function startApplied(
  { endpoint }: EmulatedAws,
  deployment: Deployment,
  more: Record<string, string> = {},
): Promise<AppliedServices> {
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
  const place = { endpoint, accountId: deployment.accountId, volumes: volumes.path };
  try {
    for (const service of SERVICE_NAMES) {
      const { environment, guard } = await prepareProgram(place, namesOf(deployment).service(service));
      guards[service] = guard;
      const PORT = String(await getPort({ host: HOST }));
      targets[service] = `http://${HOST}:${PORT}`;
      started.push(startService(service, { ...environment, ...more, PORT }, keepIn(log)));
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
