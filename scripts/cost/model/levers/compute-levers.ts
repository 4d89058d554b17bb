import type { Values } from '../../../target-stack/synthesised-environment.ts';
import { editEach, type LeverRow, withStacks } from './lever.ts';

const distributionOf = (group: Values): Values => group.mixed_instances_policy.instances_distribution;

const isWorker = (name: string): boolean => name.startsWith('worker');

/** Buys the instances of some fleets on spot only; whether any was on demand. */
export const onSpot =
  (isWanted: (name: string) => boolean): LeverRow['apply'] =>
  (input) =>
    withStacks(input, ({ platform }) =>
      editEach(platform, 'aws_autoscaling_group', (group, name) => {
        const distribution = distributionOf(group);
        if (!isWanted(name)) return false;
        if (distribution.on_demand_base_capacity === 0 && distribution.on_demand_percentage_above_base_capacity === 0)
          return false;
        distribution.on_demand_base_capacity = 0;
        distribution.on_demand_percentage_above_base_capacity = 0;
        return true;
      }),
    );

/** Graviton's families with 2 GiB for each vCPU, as those of the workers. */
const GRAVITON = ['c6g', 'c7g', 'c8g'];

/** Workers on Graviton, of the same size. */
const onGraviton: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) =>
    editEach(platform, 'aws_autoscaling_group', (group, name) => {
      const { override } = group.mixed_instances_policy.launch_template;
      const [family, size] = String(override[0].instance_type).split('.');
      if (!isWorker(name) || !family || !/^c\d[ai]?$/.test(family)) return false;
      group.mixed_instances_policy.launch_template.override = GRAVITON.map((each) => ({
        instance_type: `${each}.${size}`,
      }));
      return true;
    }),
  );

export const COMPUTE_LEVERS: readonly LeverRow[] = [
  {
    change: 'Run all workers on spot (workers.onDemandBase and onDemandPercent 0)',
    risk: 'When spot capacity is short, images wait until there is some.',
    apply: onSpot(isWorker),
  },
  {
    change: 'Run the workers on Graviton (workers.instanceTypes and architecture)',
    risk: 'Fewer families have the same size, so that spot capacity is short more often. Their speed is not measured: an image is taken to need as many seconds.',
    apply: onGraviton,
  },
];
