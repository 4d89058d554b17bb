import { join } from 'node:path';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { HOST } from '../../../scripts/local/loopback.ts';
import { SERVICES, type ServiceName } from '../../../shared/contracts/services.ts';
import { type Guard, startGuard } from '../iam/guard.ts';
import { readPolicy } from '../iam/policy.ts';
import { readTaskDefinition, type Task } from './applied-tasks.ts';

/** Where the program of a container runs, in place of a container. */
export interface Place {
  endpoint: string;
  accountId: string;
  /** The folder in which volumes are. */
  volumes: string;
}

/** The program of an applied task definition, before it is started. */
export interface AppliedProgram {
  service: ServiceName;
  container: Task['container'];
  /** Everything but the port to listen on. */
  environment: Record<string, string>;
  /** Its requests to AWS, and those that the policies of its applied role refuse. */
  guard: Guard;
}

/**
 * Prepares the program of a task definition with exactly the environment that stands there. Only what differs outside of a container is
 * changed: endpoints and credentials, the address to listen on, and the folder of a volume.
 */
export async function prepareProgram(place: Place, taskDefinition: string): Promise<AppliedProgram> {
  const { endpoint, accountId, volumes } = place;
  const { environment, container, taskRoleArn } = await readTaskDefinition(endpoint, taskDefinition);
  const service = container.name as ServiceName;
  expect(Number(environment.PORT), service).to.equal(SERVICES[service].port);
  const guard = await startGuard(endpoint, accountId, await readPolicy(endpoint, taskRoleArn));
  const outside = { ...environment, ...volumeIn(volumes, { environment, container }), ...elsewhere(guard.url) };
  return { service, container, environment: outside, guard };
}

const elsewhere = (url: string) => ({
  ...LOCAL_CREDENTIALS,
  AWS_ENDPOINT_URL_CLOUDFRONT: url,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
  AWS_ENDPOINT_URL_DYNAMODB: url,
  AWS_ENDPOINT_URL_S3: url,
  AWS_ENDPOINT_URL_SQS: url,
  HOST,
});

/** The variable that names the task's volume, with a folder of this machine. */
function volumeIn(volumes: string, { environment, container }: Pick<Task, 'environment' | 'container'>) {
  const { WORK_DIRECTORY } = environment;
  if (!WORK_DIRECTORY) return {};
  const mount = container.mountPoints.find(({ containerPath }) => WORK_DIRECTORY.startsWith(containerPath));
  expect(mount, 'a volume that the worker may write to').to.include({ readOnly: false });
  return { WORK_DIRECTORY: join(volumes, WORK_DIRECTORY) };
}
