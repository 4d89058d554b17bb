import { blocks } from '../blocks.ts';
import type { Check } from '../check.ts';
import { instanceTypesOf, isSpot, onDemandPercentOf, overridesOf, spotStrategyOf } from './fleet.ts';

const MIN_SPOT_TYPES = 6;
const of = ['aws_autoscaling_group'];

/** How spot is bought: from which pools, and what comes of a notice. */
export const SPOT_CHECKS: Check[] = [
  {
    id: 'IMG-ASG-003',
    of,
    reason:
      'The cheapest pools are those about to be taken back; price-capacity-optimized weighs both, as AWS advises.',
    remedy: 'set spot_allocation_strategy to price-capacity-optimized.',
    find(group, { inventory }) {
      const strategy = spotStrategyOf(group);
      const asked = strategy !== undefined || isSpot(group, inventory);
      return asked && strategy !== 'price-capacity-optimized' && `spot_allocation_strategy is ${strategy ?? 'not set'}`;
    },
  },
  {
    id: 'IMG-ASG-009',
    of,
    reason: 'Spot capacity is lost by pool; with few of them, one that runs dry takes the workers along.',
    remedy: `list ${MIN_SPOT_TYPES} types of one size or more.`,
    find(group, { inventory }) {
      const types = new Set(instanceTypesOf(group, inventory));
      const byRequirements = overridesOf(group).some(
        (override) => blocks(override, 'instance_requirements').length > 0,
      );
      const few = isSpot(group, inventory) && !byRequirements && types.size < MIN_SPOT_TYPES;
      return few && `a spot group has ${types.size} instance types`;
    },
  },
  {
    id: 'IMG-ASG-010',
    of,
    reason: 'Without it a rebalance recommendation, which comes before the two-minute notice, is ignored.',
    remedy: 'set capacity_rebalance to true.',
    find: (group, { inventory }) =>
      isSpot(group, inventory) && group.values.capacity_rebalance !== true && 'a spot group does not rebalance',
  },
  {
    id: 'IMG-ASG-013',
    of,
    reason:
      'What is not said is 100 percent on demand: a spot strategy that never buys spot, at three times the price.',
    remedy: 'set on_demand_percentage_above_base_capacity, to 0 for spot alone.',
    find: (group) =>
      spotStrategyOf(group) !== undefined &&
      onDemandPercentOf(group) >= 100 &&
      'a spot strategy is set, but everything is on demand',
  },
];
