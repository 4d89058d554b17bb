import { namesOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { CommandError } from '../command-line.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import type { WholeDigests } from './digests.ts';

interface Deployment {
  status: string;
  taskDefinition: string;
  desiredCount: number;
  runningCount: number;
  failedTasks?: number;
  rolloutState?: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS';
  rolloutStateReason?: string;
}

interface Service {
  serviceName: string;
  status: string;
  deployments: Deployment[];
  events?: { createdAt: string | number; message: string }[];
}

/** How far a service is: done, on its way, or failed for good. */
export interface Look {
  service: ServiceName;
  state: 'steady' | 'waiting' | 'failed';
  /** A line that says what was seen. */
  seen: string;
  /** What ECS says of it, newest first. */
  events: string[];
}

const EVENTS = 5;

/** Looks at every service once, and compares what runs with the images that are to run. */
export async function lookAtServices(site: SynthesisedEnvironment, { images }: WholeDigests): Promise<Look[]> {
  const names = namesOf(site);
  const ecs = (command: string, ...options: string[]) => site.aws()('ecs', command, ...options);
  const own = SERVICE_NAMES.map(names.service);
  const answer = await ecs('describe-services', '--cluster', names.cluster, '--services', ...own);
  const found: Service[] = answer.services;
  return Promise.all(
    SERVICE_NAMES.map(async (service) => {
      const ecsService = found.find(({ serviceName }) => serviceName === names.service(service));
      const primary = ecsService?.deployments.find(({ status }) => status === 'PRIMARY');
      if (ecsService?.status !== 'ACTIVE' || !primary)
        throw new CommandError(
          `There is no service ${names.service(service)} in the cluster ${names.cluster}: npm run deploy -- ${site.environment} creates it.`,
        );
      const definitionOf = async (name: string): Promise<TaskDefinition> =>
        (await ecs('describe-task-definition', '--task-definition', name)).taskDefinition;
      const imageOf = async ({ taskDefinition }: Deployment) => imageIn(await definitionOf(taskDefinition), service);
      const wanted = images[service];
      const failed = await failedOf(ecsService, async (deployment) =>
        (await imageOf(deployment)).endsWith(`@${wanted}`),
      );
      // A family by its name alone is its newest revision, which is what was deployed last.
      const { taskDefinitionArn: newest } = await definitionOf(familyOf(primary));
      const seen = { image: await imageOf(primary), wanted, newest, failed };
      return { service, ...judge(ecsService, primary, seen), events: eventsOf(ecsService) };
    }),
  );
}

interface TaskDefinition {
  taskDefinitionArn: string;
  containerDefinitions: { name: string; image: string }[];
}

const imageIn = ({ containerDefinitions }: TaskDefinition, service: ServiceName): string =>
  containerDefinitions.find(({ name }) => name === service)?.image ?? 'no image';

/** `arn:…:task-definition/FAMILY:REVISION` and `FAMILY:REVISION`. */
const revisionOf = (arn: string): string => arn.split('/').at(-1) ?? arn;
const familyOf = ({ taskDefinition }: Deployment): string => revisionOf(taskDefinition).replace(/:\d+$/, '');

const eventsOf = ({ events = [] }: Service): string[] => events.slice(0, EVENTS).map(({ message }) => message);

const countsOf = ({ taskDefinition, runningCount, desiredCount, failedTasks = 0 }: Deployment): string =>
  `${revisionOf(taskDefinition)}, ${runningCount} of ${desiredCount} tasks${failedTasks > 0 ? `, ${failedTasks} failed` : ''}`;

interface Seen {
  image: string;
  wanted: string;
  /** The newest task definition of the service. */
  newest: string;
  failed: Deployment | undefined;
}

/** Deployments that ECS still works on: others are remembered for a while, but are over. */
const CURRENT = ['PRIMARY', 'ACTIVE'];

/**
 * The deployment of the wanted image that has failed. One of another image is what is replaced: ECS may still have it while a rollback is under
 * way.
 */
async function failedOf(
  { deployments }: Service,
  isWanted: (deployment: Deployment) => Promise<boolean>,
): Promise<Deployment | undefined> {
  const failed = deployments.filter(
    ({ rolloutState, status }) => rolloutState === 'FAILED' && CURRENT.includes(status),
  );
  for (const deployment of failed) if (await isWanted(deployment)) return deployment;
  return undefined;
}

/**
 * ECS makes a new primary deployment with the last task definition when it goes back. So another image, or the same one in an earlier task
 * definition, is how a rollback looks after the failed deployment is over. Until the deployment is complete, that may also be an answer from
 * before the update, which is eventually consistent.
 */
function judge(
  { deployments }: Service,
  primary: Deployment,
  { image, wanted, newest, failed }: Seen,
): Omit<Look, 'service' | 'events'> {
  const reason = failed?.rolloutStateReason ?? primary.rolloutStateReason ?? '';
  const isWanted = image.endsWith(`@${wanted}`);
  const seen = `${countsOf(primary)}, ${primary.rolloutState ?? primary.status}`;
  if (failed) return { state: 'failed', seen: `${seen}; its deployment failed: ${reason}` };
  if (primary.rolloutState !== 'COMPLETED') return { state: 'waiting', seen };
  if (!isWanted)
    return {
      state: 'failed',
      seen: `${seen}, runs ${image}, but ${wanted} is recorded. ECS went back, or it was not deployed: ${reason}`,
    };
  if (primary.taskDefinition !== newest)
    return {
      state: 'failed',
      seen: `${seen}, although ${revisionOf(newest)} is newer. ECS went back, or somebody did: ${reason}`,
    };
  const current = deployments.filter(({ status }) => CURRENT.includes(status));
  if (current.length > 1) return { state: 'waiting', seen: `${seen}; ${current.length - 1} earlier still ends` };
  return { state: 'steady', seen };
}
