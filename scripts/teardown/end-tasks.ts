import { CommandError } from '../command-line.ts';
import type { Aws } from '../target-stack/aws-cli.ts';
import { pollUntilEmpty } from './poll-until-empty.ts';

interface Service {
  serviceName: string;
  runningCount: number;
  pendingCount: number;
}

/** The cluster to empty, how long that may take, and where to report progress. */
export interface Drain {
  cluster: string;
  waitSeconds: number;
  log: (line: string) => void;
}

/** Scales every service of a cluster to zero. Automatic scaling is suspended first, because it would start tasks again. */
export async function endTasks(aws: Aws, { cluster, waitSeconds, log }: Drain): Promise<void> {
  const names = await listServices(aws, cluster);
  await suspendScaling(aws, cluster);
  for (const service of names)
    await aws('ecs', 'update-service', '--cluster', cluster, '--service', service, '--desired-count', '0');
  log(`${names.length} services are scaled to zero`);
  const left = await pollUntilEmpty(waitSeconds, async () => {
    const running = (await describe(aws, cluster, names)).filter((each) => each.runningCount + each.pendingCount > 0);
    return running.map(({ serviceName, runningCount }) => `${serviceName} (${runningCount})`);
  });
  if (left.length > 0)
    throw new CommandError(
      `After ${waitSeconds} s tasks still run: ${left.join(', ')}. A worker that holds messages is protected until it has finished them; look at its log, and try again.`,
    );
  log('no task runs');
}

/** The service names; empty where the cluster no longer exists. */
async function listServices(aws: Aws, cluster: string): Promise<string[]> {
  const { clusters } = await aws('ecs', 'describe-clusters', '--clusters', cluster);
  if (!clusters.some(({ status }: { status: string }) => status === 'ACTIVE')) return [];
  const { serviceArns } = await aws('ecs', 'list-services', '--cluster', cluster);
  return serviceArns.map((arn: string) => arn.split('/').at(-1));
}

/** DescribeServices takes ten services. */
const AT_ONCE = 10;

async function describe(aws: Aws, cluster: string, names: string[]): Promise<Service[]> {
  const found: Service[] = [];
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const some = names.slice(first, first + AT_ONCE);
    found.push(...(await aws('ecs', 'describe-services', '--cluster', cluster, '--services', ...some)).services);
  }
  return found;
}

const SUSPENDED = ['DynamicScalingInSuspended', 'DynamicScalingOutSuspended', 'ScheduledScalingSuspended'];

/** Suspends the scaling of the cluster's services. Destroying the platform removes the scaling targets, so it need not be resumed. */
async function suspendScaling(aws: Aws, cluster: string): Promise<void> {
  const namespace = ['--service-namespace', 'ecs'];
  const { ScalableTargets } = await aws('application-autoscaling', 'describe-scalable-targets', ...namespace);
  for (const { ResourceId, ScalableDimension } of ScalableTargets) {
    if (!ResourceId.startsWith(`service/${cluster}/`)) continue;
    const target = ['--resource-id', ResourceId, '--scalable-dimension', ScalableDimension];
    const suspended = SUSPENDED.map((name) => `${name}=true`).join(',');
    await aws(
      'application-autoscaling',
      'register-scalable-target',
      ...namespace,
      ...target,
      '--suspended-state',
      suspended,
    );
  }
}
