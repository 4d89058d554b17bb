import { CommandError } from '../command-line.ts';
import type { Aws } from '../target-stack/aws-cli.ts';
import type { Drain } from './end-tasks.ts';
import { pollUntilEmpty } from './poll-until-empty.ts';

/**
 * A lifecycle hook of ECS's managed draining, which holds a terminating instance for up to an hour. Once services and capacity provider are
 * gone, nobody completes it any more: this is why a plain destroy hangs.
 */
const DRAINING_HOOK = 'ecs-managed-draining-termination-hook';

interface Instance {
  InstanceId: string;
  LifecycleState: string;
  ProtectedFromScaleIn: boolean;
}

interface Group {
  AutoScalingGroupName: string;
  Instances: Instance[];
}

/** Scales the auto scaling groups of a cluster's capacity providers to zero. No task may run any more. */
export async function endInstances(aws: Aws, { cluster, waitSeconds, log }: Drain): Promise<void> {
  const names = await listGroups(aws, cluster);
  for (const group of await describe(aws, names)) await empty(aws, group);
  if (names.length > 0) log(`${names.length} auto scaling groups are scaled to zero: ${names.join(', ')}`);
  const left = await pollUntilEmpty(waitSeconds, async () => {
    const groups = await describe(aws, names);
    for (const group of groups) await release(aws, group);
    return groups.flatMap(({ Instances }) => Instances.map((each) => `${each.InstanceId} (${each.LifecycleState})`));
  });
  if (left.length > 0) throw new CommandError(`After ${waitSeconds} s these instances are left: ${left.join(', ')}.`);
  log('no instance is left');
}

async function listGroups(aws: Aws, cluster: string): Promise<string[]> {
  const { clusters } = await aws('ecs', 'describe-clusters', '--clusters', cluster);
  const providers: string[] = clusters[0]?.capacityProviders ?? [];
  const own = providers.filter((name) => !name.startsWith('FARGATE'));
  if (own.length === 0) return [];
  const { capacityProviders } = await aws('ecs', 'describe-capacity-providers', '--capacity-providers', ...own);
  return capacityProviders.flatMap(
    ({ autoScalingGroupProvider: group }: { autoScalingGroupProvider?: { autoScalingGroupArn: string } }) =>
      group ? [group.autoScalingGroupArn.split('autoScalingGroupName/').at(-1)] : [],
  );
}

async function describe(aws: Aws, names: string[]): Promise<Group[]> {
  if (names.length === 0) return [];
  const command = 'describe-auto-scaling-groups';
  return (await aws('autoscaling', command, '--auto-scaling-group-names', ...names)).AutoScalingGroups;
}

/** Removes the scale-in protection that ECS gives to instances with tasks, and then scales the group to zero. */
async function empty(aws: Aws, { AutoScalingGroupName: name, Instances }: Group): Promise<void> {
  const group = ['--auto-scaling-group-name', name];
  const guarded = Instances.filter((each) => each.ProtectedFromScaleIn).map(({ InstanceId }) => InstanceId);
  if (guarded.length > 0)
    await aws(
      'autoscaling',
      'set-instance-protection',
      ...group,
      '--instance-ids',
      ...guarded,
      '--no-protected-from-scale-in',
    );
  const sizes = ['--min-size', '0', '--desired-capacity', '0', '--no-new-instances-protected-from-scale-in'];
  await aws('autoscaling', 'update-auto-scaling-group', ...group, ...sizes);
}

/** Completes the lifecycle hook of instances that ECS still holds. */
async function release(aws: Aws, { AutoScalingGroupName: name, Instances }: Group): Promise<void> {
  for (const { InstanceId, LifecycleState } of Instances) {
    if (LifecycleState !== 'Terminating:Wait') continue;
    const hook = ['--lifecycle-hook-name', DRAINING_HOOK, '--auto-scaling-group-name', name];
    const result = ['--instance-id', InstanceId, '--lifecycle-action-result', 'CONTINUE'];
    await aws('autoscaling', 'complete-lifecycle-action', ...hook, ...result).catch((error: Error) => {
      // ECS has completed the hook already.
      if (!error.message.includes('No active Lifecycle Action')) throw error;
    });
  }
}
