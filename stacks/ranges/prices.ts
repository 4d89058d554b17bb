import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import type { FargateCapacity } from '../environments/settings.ts';
import { readPriceBook } from '../prices/price-book.ts';
import { quantity } from '../prices/price-units.ts';

/** Prices are in dollars for us-east-1, as in the files of the environments. A deployment's account has used up what is free. */
const BOOK = readPriceBook('us-east-1', { allowances: false });
const HOURS_A_MONTH = 730;
const SECONDS_A_MONTH = HOURS_A_MONTH * 60 * 60;

/** What so many GB cost for a month, at the price of the first tier. */
export const gbMonth = (name: 's3.standard.storage' | 's3.glacier-ir.storage', gb: number): number =>
  gb * BOOK.usd(name, quantity(1, 'GB-month'));

export const dollars = (amount: number): string =>
  `$${amount.toLocaleString('en', amount < 10 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;

/** The price per hour of the most expensive of some types. Misspelt types are skipped, because another check reports them. */
const hourOf = (types: readonly string[], market: 'onDemand' | 'spot'): number =>
  Math.max(0, ...types.flatMap((name) => (name in INSTANCE_TYPES ? BOOK.instance(name)[market] : [])));

export const spotHour = (count: number, types: readonly string[]): number => count * hourOf(types, 'spot');
export const onDemandHour = (count: number, types: readonly string[]): number => count * hourOf(types, 'onDemand');
export const aMonth = (anHour: number): number => anHour * HOURS_A_MONTH;

export const taskMonth = ({ cpu, memory, architecture }: FargateCapacity): number =>
  BOOK.usd(`fargate.${architecture}.vcpu`, quantity((cpu / 1024) * HOURS_A_MONTH, 'vCPU-hour')) +
  BOOK.usd(`fargate.${architecture}.memory`, quantity((memory / 1024) * HOURS_A_MONTH, 'GB-hour'));

/** The price of a month in which so many request units are used every second. */
export const unitsMonth = (kind: 'read' | 'write', unitsASecond: number): number => {
  const amount = unitsASecond * SECONDS_A_MONTH;
  return kind === 'read'
    ? BOOK.usd('dynamodb.on-demand.read', quantity(amount, 'read unit'))
    : BOOK.usd('dynamodb.on-demand.write', quantity(amount, 'write unit'));
};
