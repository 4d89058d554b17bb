import { tasksPerInstance } from '../../../../stacks/compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../../../../stacks/compute/instance-types.ts';
import { CommandError } from '../../../command-line.ts';
import type { Fleet, ServiceFacts } from './service-facts.ts';

/** Tasks that fit any instance of a fleet: by vCPU, memory and network interfaces, the smallest type counts. */
function tasksOnInstance({ service, cpu, memory, networkMode, fleet }: ServiceFacts & { fleet: Fleet }): number {
  const fits = fleet.instanceTypes.map((name) => {
    const type = INSTANCE_TYPES[name];
    if (!type)
      throw new CommandError(
        `${service} runs on ${name}, which stacks/compute/instance-types.ts does not have. Add it there.`,
      );
    return tasksPerInstance(type, { cpu, memory }, networkMode);
  });
  const smallest = Math.min(...fits);
  if (smallest > 0) return smallest;
  throw new CommandError(
    `A task of ${service} fits none of its instances: lower its cpu or memory, or choose larger types.`,
  );
}

/** Instances for so many tasks. Part of a task means that it runs for part of the time, and so does its instance. */
export const instancesFor = (tasks: number, facts: ServiceFacts & { fleet: Fleet }): number =>
  Math.max(facts.fleet.minimum, tasks < 1 ? tasks : Math.ceil(tasks / tasksOnInstance(facts)));

/** How many of some instances are on demand and on spot: the base first, then its share of the others. */
export function splitByPurchase(
  instances: number,
  { onDemandBase, onDemandShare }: Fleet,
): { onDemand: number; spot: number } {
  const base = Math.min(instances, onDemandBase);
  const onDemand = base + (instances - base) * onDemandShare;
  return { onDemand, spot: instances - onDemand };
}
