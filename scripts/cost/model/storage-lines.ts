import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import { STORAGE_CLASS_NAMES } from '../lifecycle/storage-classes.ts';
import { priceOfStorage, storagePriceNames } from '../lifecycle/storage-price.ts';
import type { CostReport, Range } from '../report/cost-report.ts';
import { sum } from '../workloads/workload.ts';
import { type Billed, kept, rateText, used } from './charge.ts';
import type { Context } from './context.ts';
import { MONTHS } from './object-mixes.ts';

type Row = [item: string, quantity: Billed['quantity'] & object, usd: Range, figures: readonly string[]];

const total = (amounts: Record<string, number>): number => sum(Object.values(amounts));

/** The GB-months of all classes in the month of the report. */
export const gbStored = ({ storage, month }: Pick<Context, 'storage' | 'month'>): number =>
  sum(Object.values(storage[month - 1]?.byClass ?? {}).map(({ gbMonths }) => gbMonths));

/** An amount and what a unit of it costs, which is a mean where tiers or classes have several prices. */
const perUnit = ([, { amount, unit }, { typical }, figures]: Row, book: PriceBook): string => {
  const each = amount > 0 ? ` × ${rateText(typical / amount, figures, book)}` : '';
  return `${Math.round(amount).toLocaleString('en')} ${unit}${each}`;
};

/** The lines of the bucket of images in the month of the report: storage by class, and what classes charge for being used. */
export function storageLines({ storage, month, book }: Context, resource: string): Billed[] {
  const found = storage[month - 1];
  if (!found) return [];
  const price = priceOfStorage(found, book);
  const names = storagePriceNames(found);
  const rows: Row[] = [
    ...STORAGE_CLASS_NAMES.map((name): Row => {
      const { gbMonths, usd } = price.byClass[name];
      return [`S3: ${name}`, { amount: gbMonths, unit: 'GB-month' }, kept(usd), [names.storage[name]]];
    }),
    [
      'S3: monitoring of Intelligent-Tiering',
      { amount: found.monitoredObjects, unit: 'object-month' },
      kept(price.monitoringUsd),
      ['s3.intelligent-tiering.monitoring'],
    ],
    [
      'S3: removal before the minimum days of a class',
      { amount: total(found.earlyDeletedGbMonths), unit: 'GB-month' },
      kept(price.earlyDeletionUsd),
      names.allStored,
    ],
    ['S3: retrieval', { amount: total(found.retrievedGb), unit: 'GB' }, used(price.retrievalUsd), names.retrieval],
    [
      'S3 requests: moves by lifecycle rules',
      { amount: total(found.transitions), unit: 'request' },
      used(price.transitionsUsd),
      names.transitions,
    ],
    ['S3 requests: reads', { amount: total(found.reads), unit: 'request' }, used(price.readRequestsUsd), names.reads],
  ];
  return rows.map((row) => {
    const [item, quantity, usd, figures] = row;
    return {
      area: item.startsWith('S3 requests') ? 'requests' : 'storage',
      item,
      resource,
      quantity,
      how: `in month ${month} of an environment that began empty`,
      charges: [{ usd, per: perUnit(row, book), figures }],
    };
  });
}

/** The report's months of storage. */
export const storageByMonth = ({ storage, book }: Context): CostReport['storage'] =>
  storage.slice(0, MONTHS).map((found) => {
    const { byClass, usd, storageUsd } = priceOfStorage(found, book);
    return { month: found.month, byClass, requestsUsd: usd - storageUsd, usd };
  });
