import { GB } from '../lifecycle/storage-classes.ts';
import { LIFE_OF_AN_IMAGE, sumOf, type UnitCost } from '../report/cost-report.ts';
import { deletionParts, deliveryParts, lifeParts, uploadParts } from './image-parts.ts';
import { operationParts, times, usdOf } from './operation-costs.ts';
import { gbStored } from './storage-lines.ts';
import { over, type Parts, type Priced, typicalUsd } from './unit-prices.ts';

const digits = (usd: number): string => `$${usd.toLocaleString('en', { maximumSignificantDigits: 3 })}`;

const unit = (name: string, parts: Parts): UnitCost => ({
  name,
  usd: usdOf(parts),
  arithmetic: parts
    .filter(([, usd]) => usd > 0)
    .map(([what, usd]) => `${what} ${digits(usd)}`)
    .join(' + '),
  parts: parts.map(([what, dollars]) => ({ name: what, usd: dollars })),
});

function storedParts(priced: Priced): Parts {
  const usd = typicalUsd(priced, ({ area }) => area === 'storage');
  return [['S3', over(usd, gbStored(priced))]];
}

/** What people compare with what other services ask. All of it is of the month of the report. */
export function unitCosts(priced: Priced): UnitCost[] {
  const { traffic, workload, lines } = priced;
  const count = workload.renditions.length;
  const life = lifeParts(priced);
  const everything = over(sumOf(lines.map(({ usd }) => usd)).typical, traffic.images);
  return [
    unit('1,000 uploads', times(uploadParts(priced), 1000)),
    ...(count > 0
      ? [unit('1,000 renditions of uploads', times(operationParts('processUpload', priced), 1000 / count))]
      : []),
    unit('a GB stored for a month', storedParts(priced)),
    unit('a GB delivered, with its requests', times(deliveryParts(priced), over(1, traffic.bytesDelivered / GB))),
    unit('1,000 deletions', times(deletionParts(priced), 1000)),
    unit(LIFE_OF_AN_IMAGE, life),
    unit('the whole month, for each image uploaded in it', [
      ['what the life of an image has', traffic.images > 0 ? usdOf(life) : 0],
      ['its part of what no image takes by itself', traffic.images > 0 ? everything - usdOf(life) : 0],
    ]),
  ];
}
