import prettyBytes from 'pretty-bytes';
import { type LifecycleRules, rulesForObject } from '../../lifecycle/lifecycle-rules.ts';
import { type ObjectMix, type SizeBand, storageMonths } from '../../lifecycle/storage-months.ts';
import { priceOfStorage, type StoragePrice } from '../../lifecycle/storage-price.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import { imagesPerMonth } from '../../workloads/workload.ts';
import { objectMixes, rulesOf } from '../object-mixes.ts';
import type { Priced } from '../unit-prices.ts';

const withoutTransitions = ({ rules, ...others }: LifecycleRules): LifecycleRules => ({
  ...others,
  rules: rules.map((rule) => ({ ...rule, transitions: [] })),
});

/** The storage of the objects of one size in the month of the report, with the rules as they are and without their transitions. */
function compareBand(mix: ObjectMix, band: SizeBand, priced: Priced): { moved: StoragePrice; left: StoragePrice } {
  const only = { ...mix, perMonth: mix.perMonth * band.share, sizes: [{ ...band, share: 1 }] };
  const priceWith = (rules: LifecycleRules): StoragePrice => {
    const month = storageMonths([only], rules, priced.month)[priced.month - 1];
    if (!month) throw new RangeError(`There is no month ${priced.month} of storage.`);
    return priceOfStorage(month, priced.book);
  };
  const rules = rulesOf(priced);
  return { moved: priceWith(rules), left: priceWith(withoutTransitions(rules)) };
}

/** Sizes of objects that lifecycle rules move to another class, though that costs more than it saves in the month of the report. */
export function tierWarnings(priced: Priced): CostWarning[] {
  const rules = rulesOf(priced);
  if (imagesPerMonth(priced.workload) === 0) return [];
  return objectMixes(priced.workload, priced.trafficSettings).flatMap((mix) =>
    mix.sizes
      .filter(
        ({ meanBytes, share }) => share > 0 && rulesForObject(rules, mix.prefix, meanBytes).transitions.length > 0,
      )
      .flatMap((band) => warningFor(mix, band, compareBand(mix, band, priced))),
  );
}

function warningFor(
  { prefix }: ObjectMix,
  { meanBytes }: SizeBand,
  { moved, left }: { moved: StoragePrice; left: StoragePrice },
): CostWarning[] {
  const usd = moved.usd - left.usd;
  if (usd <= 0) return [];
  const size = prettyBytes(meanBytes, { binary: true });
  const reading = moved.retrievalUsd + moved.readRequestsUsd - left.retrievalUsd - left.readRequestsUsd;
  return reading > usd / 2
    ? [
        {
          code: 'cold-but-read',
          sentence: `Objects of about ${size} below ${prefix} are moved to a class that charges for reading, and are read so often that it costs more than it saves.`,
          usd,
        },
      ]
    : [
        {
          code: 'small-objects-are-moved',
          sentence: `Objects of about ${size} below ${prefix} are moved to another class, which costs more for each object than it saves.`,
          usd,
        },
      ];
}
