import { fillGroup, type InstanceGroup, lastingOf, removeEmpty } from './instance-group.ts';

/** The managed scaling of a capacity provider, which sizes its group every minute. */
export interface CapacityProvider {
  readonly group: InstanceGroup;
  /** Minutes in a row in which there were more instances than tasks needed. */
  lowMinutes: number;
  /** The second in which it added instances last. What the group replaces by itself is no step of the provider. */
  added: number;
}

export const createCapacityProvider = (group: InstanceGroup): CapacityProvider => ({
  group,
  lowMinutes: 0,
  added: Number.NEGATIVE_INFINITY,
});

/** Adds or removes instances for a number of tasks that have no room; `second` is the one in which it acts. */
export function sizeGroup(provider: CapacityProvider, unplacedTasks: number, second: number): void {
  const { group } = provider;
  const { fleet, timing } = group.settings;
  const used = lastingOf(group).filter(({ tasks }) => tasks > 0).length;
  const needed = Math.min(fleet.maxInstances, used + Math.ceil(unplacedTasks / fleet.tasksPerInstance));
  provider.lowMinutes = needed < group.desired ? provider.lowMinutes + 1 : 0;
  if (needed > group.desired) addInstances(provider, needed, second);
  if (provider.lowMinutes < timing.instanceLowPeriods) return;
  group.desired = Math.max(needed, Math.ceil(group.desired * (1 - timing.instanceRemovalShare)));
  removeEmpty(group, second);
}

/** Within the steps of the provider, and none while instances warm up; from none always two. */
function addInstances(provider: CapacityProvider, needed: number, second: number): void {
  const { group } = provider;
  const { managed, maxInstances } = group.settings.fleet;
  if (second < provider.added + managed.instanceWarmupPeriod) return;
  const { minimumScalingStepSize: least, maximumScalingStepSize: most } = managed;
  const step =
    group.desired === 0
      ? group.settings.timing.firstInstances
      : Math.max(least, Math.min(most, needed - group.desired));
  group.desired = Math.min(maxInstances, group.desired + step);
  provider.added = second;
  fillGroup(group, second);
}
