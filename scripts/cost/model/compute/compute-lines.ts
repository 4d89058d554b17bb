import type { PriceBook } from '../../../../stacks/prices/price-book.ts';
import { quantity } from '../../../../stacks/prices/price-units.ts';
import type { ComputeComparison, Range } from '../../report/cost-report.ts';
import { ON_SPOT } from '../../report/used-prices.ts';
import { sum } from '../../workloads/workload.ts';
import { type Billed, scaled } from '../charge.ts';
import type { Context } from '../context.ts';
import { HOURS_A_MONTH } from '../month.ts';
import { splitByPurchase } from './instance-hours.ts';
import { type InstanceCount, meanInstances, type ServiceCounts, serviceCounts } from './service-counts.ts';
import type { Fleet, ServiceFacts } from './service-facts.ts';

const ofCases = <From>(cases: Record<keyof Range, From>, amountIn: (each: From) => number): Range => ({
  minimum: amountIn(cases.minimum),
  typical: amountIn(cases.typical),
  maximum: amountIn(cases.maximum),
});

/**
 * Dollars of an instance-hour of a fleet. On demand it launches the cheapest of its types (`lowest-price`). On spot it launches what is cheap and
 * not scarce, for which the mean of its types is taken. Spot never costs more than the list price on demand, and no discount or plan lowers it.
 */
function instanceHour({ instanceTypes }: Fleet, book: PriceBook): { onDemand: number; spot: number } {
  const prices = instanceTypes.map((type) => book.instance(type));
  const onDemand = Math.min(...prices.map((price) => price.onDemand));
  const most = Math.min(...prices.map(({ listOnDemand }) => listOnDemand));
  return { onDemand, spot: Math.min(most, sum(prices.map(({ spot }) => spot)) / prices.length) };
}

/** The names of the figures of instances in the price book. */
const figuresOf = ({ instanceTypes }: Fleet) => ({
  onDemand: instanceTypes,
  spot: instanceTypes.flatMap((type) => [type, `${type}${ON_SPOT}`]),
});

/** Spot is a share of on demand. */
const SPOT_TASK = [
  'fargate-spot.x86_64.vcpu',
  'fargate-spot.x86_64.memory',
  'fargate.x86_64.vcpu',
  'fargate.x86_64.memory',
];

const dollars = (usd: number): string => `$${usd.toLocaleString('en', { maximumFractionDigits: 5 })}`;

/** The lines of one service: its tasks on Fargate, or its instances by how they are bought, with their volumes. */
export function serviceLines(facts: ServiceFacts, { traffic, workload, book }: Context): Billed[] {
  const counts = serviceCounts(facts, traffic, workload);
  if (counts.instances && facts.fleet) return fleetLines({ ...facts, fleet: facts.fleet }, counts.instances, book);
  const { service, address, cpu, memory, architecture, isFargateSpot } = facts;
  const vCpus = cpu / 1024;
  const gb = memory / 1024;
  const line = {
    area: 'compute' as const,
    item: `${service}: tasks on Fargate${isFargateSpot ? ' Spot' : ''}`,
    resource: address,
    how: `${counts.tasks.typical.toFixed(2)} tasks of ${vCpus} vCPU and ${gb} GB for ${HOURS_A_MONTH} hours`,
    quantity: { amount: counts.tasks.typical * HOURS_A_MONTH, unit: 'task-hour' },
  };
  if (isFargateSpot) {
    const { spot } = fargateTask(facts, book);
    return [
      { ...line, charges: [{ usd: scaled(counts.tasks, spot), per: `${dollars(spot)} a task`, figures: SPOT_TASK }] },
    ];
  }
  return [
    {
      ...line,
      charges: [
        { price: `fargate.${architecture}.vcpu`, amount: scaled(counts.tasks, vCpus * HOURS_A_MONTH) },
        { price: `fargate.${architecture}.memory`, amount: scaled(counts.tasks, gb * HOURS_A_MONTH) },
      ],
    },
  ];
}

function fleetLines(
  { service, address, fleet }: ServiceFacts & { fleet: Fleet },
  counts: NonNullable<ServiceCounts['instances']>,
  book: PriceBook,
): Billed[] {
  const hour = instanceHour(fleet, book);
  const bought = (purchase: 'onDemand' | 'spot') =>
    ofCases(counts, (each) =>
      sum(each.map(({ instances, share }) => splitByPurchase(instances, fleet)[purchase] * share)),
    );
  const line = (purchase: 'onDemand' | 'spot', name: string): Billed => {
    const instances = bought(purchase);
    return {
      area: 'compute',
      item: `${service}: instances ${name}`,
      resource: address,
      how: `${instances.typical.toFixed(2)} instances for ${HOURS_A_MONTH} hours`,
      quantity: { amount: instances.typical * HOURS_A_MONTH, unit: 'instance-hour' },
      charges: [
        {
          usd: scaled(instances, HOURS_A_MONTH * hour[purchase]),
          per: `${dollars(hour[purchase])} an hour`,
          figures: figuresOf(fleet)[purchase],
        },
      ],
    };
  };
  const volumes: Billed = {
    area: 'compute',
    item: `${service}: volumes of the instances`,
    resource: address,
    how: `${fleet.volumeGib} GB for each instance`,
    charges: [{ price: 'ebs.gp3.storage', amount: scaled(ofCases(counts, meanInstances), fleet.volumeGib) }],
  };
  return [line('onDemand', 'on demand'), line('spot', 'on spot'), volumes].filter(isAnything);
}

/** A fleet without a part on spot or on demand has no line for it. */
const isAnything = ({ charges: [charge] }: Billed): boolean =>
  charge !== undefined && ('price' in charge ? charge.amount.maximum : charge.usd.maximum) > 0;

/** What a service costs if all of its work is done on demand, and if all is done on spot. */
export function compareCompute(facts: ServiceFacts, { traffic, workload, book }: Context): ComputeComparison {
  const { tasks, instances } = serviceCounts(facts, traffic, workload);
  const { service, fleet } = facts;
  if (!instances || !fleet) {
    const task = fargateTask(facts, book);
    return {
      ...{ service, tasks, onDemand: scaled(tasks, task.onDemand), spot: scaled(tasks, task.spot) },
      prices: SPOT_TASK,
    };
  }
  const hour = instanceHour(fleet, book);
  const means = ofCases(instances, (each: readonly InstanceCount[]) => meanInstances(each));
  return {
    service,
    tasks,
    instances: means,
    onDemand: scaled(means, HOURS_A_MONTH * hour.onDemand),
    spot: scaled(means, HOURS_A_MONTH * hour.spot),
    prices: figuresOf(fleet).spot,
  };
}

type FargatePrices = 'fargate.x86_64' | 'fargate.arm64' | 'fargate-spot.x86_64';

/**
 * Dollars of a task for a month. AWS publishes no fixed price of Fargate Spot; the book has a quoted one for x86_64, whose saving is taken for arm64
 * too. It is a saving on list prices, because no discount or plan lowers spot.
 */
function fargateTask({ cpu, memory, architecture }: ServiceFacts, book: PriceBook): { onDemand: number; spot: number } {
  const month = (usd: PriceBook['usd'], price: FargatePrices) =>
    usd(`${price}.vcpu`, quantity((cpu / 1024) * HOURS_A_MONTH, 'vCPU-hour')) +
    usd(`${price}.memory`, quantity((memory / 1024) * HOURS_A_MONTH, 'GB-hour'));
  const { usd, listUsd } = book;
  const saved = 1 - month(usd, 'fargate-spot.x86_64') / month(listUsd, 'fargate.x86_64');
  return {
    onDemand: month(usd, `fargate.${architecture}`),
    spot: month(listUsd, `fargate.${architecture}`) * (1 - Math.max(0, saved)),
  };
}
