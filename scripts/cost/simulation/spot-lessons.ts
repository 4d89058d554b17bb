import { dollars, duration, number, percent } from './figures.ts';
import type { SpotRow, SpotTable } from './spot-table.ts';

/** The rows of a table with what is on demand as it is set, and one with half of the instances on demand, which short tables lack. */
interface Rows {
  calm: SpotRow;
  usual: SpotRow;
  often: SpotRow;
  onePool: SpotRow;
  allPools: SpotRow;
  burst: SpotRow;
  fromZero: SpotRow;
  none: SpotRow | undefined;
  half: SpotRow | undefined;
  usualHalf: SpotRow | undefined;
}

const longest = ({ result }: SpotRow): string => duration(result.waits.max);

const rowsOf = ({ rows }: SpotTable): Rows => {
  const find = (scenario: string, variant: string): SpotRow | undefined =>
    rows.find((row) => row.scenario.startsWith(scenario) && row.variant === variant);
  const asSet = (scenario: string): SpotRow => {
    const found = find(scenario, 'as set');
    if (!found) throw new Error(`The table has no row "${scenario}" with what is on demand as set.`);
    return found;
  };
  return {
    calm: asSet('calm'),
    usual: asSet('interruptions of 5'),
    often: asSet('interruptions of 20'),
    onePool: asSet('one pool'),
    allPools: asSet('all pools'),
    burst: asSet('a burst'),
    fromZero: asSet('from zero'),
    none: find('all pools', 'none'),
    half: find('all pools', '50 %'),
    usualHalf: find('interruptions of 5', '50 %'),
  };
};

function ofDroughts({ allPools, none, half, usual, usualHalf, onePool }: Rows): string {
  const others =
    none && half && usualHalf
      ? `, ${longest(none)} with none on demand, and ${longest(half)} with half of the instances on demand, for ${percent(usualHalf.result.usd / usual.result.usd - 1)} more on every usual day`
      : '';
  return `What hurts is missing capacity. While all pools are dry for an hour, messages wait up to ${longest(allPools)} with what is on demand as set${others}. While one pool is dry, they wait up to ${longest(onePool)}.`;
}

function ofInterruptions({ usual, often }: Rows): string {
  const { messages, interruptions, lostSeconds } = usual.result;
  return `Interruptions waste little work: with ${number(interruptions)} instances interrupted, ${duration(lostSeconds)} of processing were lost among ${number(messages.done)} messages, and at 20 % an hour ${duration(often.result.lostSeconds)}. A notice comes two minutes before the end, and until then a worker finishes what it has.`;
}

/** What a table teaches, in sentences that are computed from its rows. */
export function lessonsOf(spot: SpotTable): string[] {
  const rows = rowsOf(spot);
  const { usual, burst, fromZero, calm } = rows;
  return [
    `Spot saves ${percent(1 - usual.result.usd / usual.onDemandUsd)}: at 5 % interruptions an hour the instances cost ${dollars(usual.result.usd)}, and the same hours on demand ${dollars(usual.onDemandUsd)}.`,
    ofInterruptions(rows),
    ofDroughts(rows),
    `A burst of 100 times for a minute makes messages wait up to ${longest(burst)}. It is over before an instance can start, so \`workers.maxTasks\` decides how long it takes, and not what is on demand.`,
    `From zero, messages wait up to ${longest(fromZero)} until enough instances have started.`,
    `At most ${number(spot.largestStep)} instances start at once, and the next a minute later. To grow by half, the ${number(spot.instances)} instances that the load needs take ${number(Math.ceil(spot.instances / 2 / spot.largestStep))} minutes.`,
    `Waits on a calm day come from the rule and not from spot. It sees only messages that wait, so it removes tasks until some do: 1 % wait longer than ${duration(calm.result.waits.p99)} even then.`,
  ];
}
