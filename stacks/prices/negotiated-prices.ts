import { CommandError } from '../../scripts/command-line.ts';
import type { Tier } from './book-file.ts';
import { type Commitment, type PriceOverrides, ruleFor } from './overrides.ts';
import type { PriceName } from './price-units.ts';
import { ownTiers } from './tiers.ts';

/** Savings plans cover on-demand instances, and the vCPUs and memory of Fargate. */
const IN_SAVINGS_PLANS = /^(instances\..+|fargate\.[^.]+\.(vcpu|memory))$/;

/** What is left of a dollar when shares of the use have discounts for commitments. */
function afterCommitments(name: string, { reserved, savingsPlans }: PriceOverrides): number {
  const plan = IN_SAVINGS_PLANS.test(name) ? savingsPlans?.compute : undefined;
  const commitments = [ruleFor(reserved, name), plan].filter((each): each is Commitment => each !== undefined);
  if (commitments.reduce((sum, { share }) => sum + share, 0) > 1)
    throw new CommandError(
      `reserved and savingsPlans.compute of the overrides together cover more than all of ${name}: make the sum of their shares 1 or less.`,
    );
  return 1 - commitments.reduce((sum, { share, discount }) => sum + share * discount, 0);
}

/** The tiers of a price as they are for whoever has these overrides. */
export function negotiatedTiers(name: PriceName, list: readonly Tier[], overrides: PriceOverrides): readonly Tier[] {
  const own = overrides.prices?.[name];
  const discount = own === undefined ? (ruleFor(overrides.discounts, name) ?? 0) : 0;
  const factor = (1 - discount) * afterCommitments(name, overrides);
  return (own === undefined ? list : ownTiers(list, typeof own === 'number' ? [{ from: 0, usd: own }] : own)).map(
    (tier) => ({ ...tier, usd: tier.usd * factor }),
  );
}

/** The prices an hour of an instance type for whoever has these overrides. Spot has no discounts and is in no plan. */
export function negotiatedInstance<P extends { onDemand: number; spot: number; saving: number }>(
  type: string,
  list: P,
  overrides: PriceOverrides,
): P {
  const name = `instances.${type}`;
  const own = overrides.instances?.[type];
  const discount = own?.onDemand === undefined ? (ruleFor(overrides.discounts, name) ?? 0) : 0;
  const onDemand = (own?.onDemand ?? list.onDemand) * (1 - discount) * afterCommitments(name, overrides);
  const spot = own?.spot ?? list.spot;
  return { ...list, onDemand, spot, saving: 1 - spot / onDemand };
}
