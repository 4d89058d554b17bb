import { HOURS_A_MONTH } from '../model/month.ts';
import { dollars, duration, number, percent } from './figures.ts';
import type { SpotRow, SpotTable } from './spot-table.ts';

/** The rows of a table that sentences are made of, with what is on demand as it is set, and others that short tables lack. */
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
const hundredth = ({ result }: SpotRow): string => duration(result.waits.p99);

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

function ofSavings({ usual }: Rows, { hours, usdPerHour }: SpotTable): string {
  const { usd } = usual.result;
  const more = usdPerHour.onDemand - usdPerHour.spot;
  return `With interruptions of 5 % an hour, ${hours} hours of instances cost ${dollars(usd)}, and would cost ${dollars(usual.onDemandUsd)} on demand: ${percent(1 - usd / usual.onDemandUsd)} less. Each further instance on demand costs ${dollars(more * HOURS_A_MONTH)} a month more than on spot, if it runs all the time.`;
}

function ofInterruptions({ calm, usual, often }: Rows): string {
  const each = (row: SpotRow): string =>
    `${number(row.result.interruptions)} instances were interrupted, ${duration(row.result.lostSeconds)} of work were lost, and messages waited up to ${longest(row)}`;
  return `At 5 % an hour ${each(usual)}; at 20 % ${each(often)}; with none they waited up to ${longest(calm)}. ${number(usual.result.messages.done)} messages were done.`;
}

function ofDroughts({ allPools, none, half, usual, usualHalf, onePool }: Rows): string {
  const others =
    none && half && usualHalf
      ? `, up to ${longest(none)} with none on demand, and up to ${longest(half)} with half of the instances on demand, which costs ${percent(usualHalf.result.usd / usual.result.usd - 1)} more at 5 % an hour`
      : '';
  return `While one pool has no capacity for an hour, messages wait up to ${longest(onePool)}. While none has any, they wait up to ${longest(allPools)} with what is on demand as set${others}.`;
}

function ofBurst({ burst }: Rows, { maxTasks }: SpotTable): string {
  return `A burst of 100 times for a minute makes messages wait up to ${longest(burst)}. At most ${number(burst.tasks.most)} tasks run after it, of ${number(maxTasks)} that \`workers.maxTasks\` allows.`;
}

function ofTheRule({ calm }: Rows): string {
  const { first, least } = calm.tasks;
  const removed =
    least < first
      ? `The rule sees only messages that wait: of ${number(first)} tasks it removes some, down to ${number(least)}, until messages do`
      : `The rule removes none of the ${number(first)} tasks that run at first`;
  return `If nothing happens, 99 % wait up to ${hundredth(calm)}. ${removed}.`;
}

/** What other rules do, of those that do anything. */
function ofOtherRules({ rules }: SpotTable): string {
  const [asItIs, ...others] = rules;
  if (!asItIs) throw new Error('The table has no row with the scaling rule as it is.');
  const isOther = (row: SpotRow): boolean =>
    hundredth(row) !== hundredth(asItIs) || row.result.usd !== asItIs.result.usd;
  const found = others.filter(isOther);
  if (found.length === 0) return 'No other scaling rule changes anything at this load.';
  const each = found.map((row) => `up to ${hundredth(row)} for ${dollars(row.result.usd)} (${row.variant})`);
  return `At 5 % an hour and with the scaling rule as it is, 99 % wait up to ${hundredth(asItIs)}, for ${dollars(asItIs.result.usd)}; with others, ${each.join(', ')}.`;
}

/** What a table teaches, in sentences that are computed from its rows and say nothing beyond them. */
export function lessonsOf(spot: SpotTable): string[] {
  const rows = rowsOf(spot);
  return [
    ofSavings(rows, spot),
    ofInterruptions(rows),
    ofDroughts(rows),
    ofBurst(rows, spot),
    `If no task and no instance runs at first, messages wait up to ${longest(rows.fromZero)}.`,
    ofTheRule(rows),
    ofOtherRules(spot),
  ];
}
