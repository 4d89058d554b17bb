import type { ReceiptPrices } from '../../shared/domain/receipt.ts';
import type { WorkerSettings } from '../environments/settings.ts';
import { BOOK_REGIONS, readBookFile } from '../prices/book-file.ts';
import { readPriceBook } from '../prices/price-book.ts';
import type { PriceName } from '../prices/price-units.ts';
import { INSTANCE_TYPES } from './instance-types.ts';

const PRICE_OF = {
  puts: 's3.standard.put',
  gets: 's3.standard.get',
  reads: 'dynamodb.on-demand.read',
  writes: 'dynamodb.on-demand.write',
  sqs: 'sqs.standard.request',
} as const satisfies Record<keyof Omit<ReceiptPrices, 'cpuSecond' | 'date'>, PriceName>;

const SECONDS_AN_HOUR = 3600;

/**
 * The list prices with which workers price receipts: of the first tier, without what an account gets free, and of a vCPU on spot, which is the median of
 * the worker's types. They are never those of a contract, because clients see receipts (docs/finance.md). Undefined if the region has no price of
 * one of them; a receipt then tells quantities only.
 */
export function receiptPrices(
  { instanceTypes }: Pick<WorkerSettings, 'instanceTypes'>,
  region: string,
): ReceiptPrices | undefined {
  if (!BOOK_REGIONS.includes(region)) return undefined;
  const book = readPriceBook(region, { allowances: false });
  const names = Object.entries(PRICE_OF) as [keyof typeof PRICE_OF, PriceName][];
  const { instances } = readBookFile(region);
  const types = instanceTypes.filter((type) => instances[type] && INSTANCE_TYPES[type]);
  const seconds = types
    .map((type) => book.instance(type).spot / (INSTANCE_TYPES[type]?.vCpu ?? 1) / SECONDS_AN_HOUR)
    .toSorted((a, b) => a - b);
  const cpuSecond = seconds[seconds.length >> 1];
  if (cpuSecond === undefined || names.some(([, name]) => book.missing.includes(name))) return undefined;
  const rows = names.map(([kind, name]) => [kind, book.row(name)] as const);
  const each = rows.map(([kind, { tiers, per }]) => [kind, Number(((tiers[0]?.usd ?? 0) / per).toPrecision(6))]);
  const dates = [
    ...rows.map(([, { date }]) => date),
    ...types.flatMap((type) => [instances[type]?.onDemand.date, instances[type]?.spot?.date]),
  ];
  return {
    ...(Object.fromEntries(each) as Record<keyof typeof PRICE_OF, number>),
    cpuSecond: Number(cpuSecond.toPrecision(4)),
    date: dates.filter((date) => date !== undefined).toSorted()[0] ?? '',
  };
}
