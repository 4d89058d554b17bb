import { blocks } from '../blocks.ts';
import type { Check } from '../check.ts';
import { instanceTypesOf, isSpot, onDemandPercentOf, overridesOf, spotStrategyOf } from './fleet.ts';

const MIN_SPOT_TYPES = 6;
const of = ['aws_autoscaling_group'];

/** Spot instances: from which pools they are bought, and how interruptions are handled. */
export const SPOT_CHECKS: Check[] = [
  {
    id: 'IMG-ASG-003',
    of,
    reason:
      'The cheapest pools are interrupted most often; AWS recommends price-capacity-optimized, which weighs both.',
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
    reason: 'Spot capacity is lost pool by pool: with few pools, one that runs out stops the workers.',
    remedy: `list at least ${MIN_SPOT_TYPES} types of the same size.`,
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
    reason: 'Without it the group ignores rebalance recommendations, which come before the two-minute notice.',
    remedy: 'set capacity_rebalance to true.',
    find: (group, { inventory }) =>
      isSpot(group, inventory) && group.values.capacity_rebalance !== true && 'a spot group does not rebalance',
  },
  {
    id: 'IMG-ASG-013',
    of,
    reason:
      'The default is 100 percent on demand, so a group with a spot strategy never buys spot, and pays three times the price.',
    remedy: 'set on_demand_percentage_above_base_capacity; 0 means only spot.',
    find: (group) =>
      spotStrategyOf(group) !== undefined &&
      onDemandPercentOf(group) >= 100 &&
      'a spot strategy is set, but everything is on demand',
  },
];
