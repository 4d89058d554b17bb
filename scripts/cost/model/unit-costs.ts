import { GB } from '../lifecycle/storage-classes.ts';
import { priceOfStorage } from '../lifecycle/storage-price.ts';
import { type CostLine, LIFE_OF_AN_IMAGE, sumOf, type UnitCost } from '../report/cost-report.ts';
import { cpuSecondsOfLaterRendition, cpuSecondsOfUpload, shareStored, sum } from '../workloads/workload.ts';
import { workerSeconds } from './compute/tasks-needed.ts';
import { invalidationsAsked, invalidationsTaken } from './invalidations.ts';
import { MONTHS } from './object-mixes.ts';
import { callsUsd, over, type Parts, type Priced, requestUsd, typicalUsd } from './unit-prices.ts';

const usdOf = (parts: Parts): number => parts.reduce((sum, [, usd]) => sum + usd, 0);

const digits = (usd: number): string => `$${usd.toLocaleString('en', { maximumSignificantDigits: 3 })}`;

const times = (parts: Parts, factor: number): Parts => parts.map(([what, usd]) => [what, usd * factor]);

const unit = (name: string, parts: Parts): UnitCost => ({
  name,
  usd: usdOf(parts),
  arithmetic: parts
    .filter(([, usd]) => usd > 0)
    .map(([what, usd]) => `${what} ${digits(usd)}`)
    .join(' + '),
  parts: parts.map(([what, dollars]) => ({ name: what, usd: dollars })),
});

const isCapacity = ({ item }: CostLine): boolean => item === 'Load balancer: capacity units';

/** The part of the load balancer's capacity that uploads take. The rest is for reads. */
const uploadedShare = ({ traffic }: Priced): number =>
  over(traffic.bytesUploaded, traffic.bytesUploaded + traffic.bytesFromOrigin);

const uploadParts = (priced: Priced): Parts => [
  ...callsUsd('uploadImage', priced),
  ...requestUsd('sync-upload', priced),
  ['load balancer', over(typicalUsd(priced, isCapacity) * uploadedShare(priced), priced.traffic.images)],
];

/** All renditions of an upload together: the calls of its message, and its part of the workers by processor time. */
function renditionParts(priced: Priced): Parts {
  const { traffic, workload } = priced;
  const workers = typicalUsd(priced, ({ item }) => /^(worker:|Log of worker:)/.test(item));
  const seconds = cpuSecondsOfUpload(workload);
  return [...callsUsd('processUpload', priced), ['workers', over(workers, workerSeconds(traffic, workload)) * seconds]];
}

/** What reads of a month cost, from the CDN or without one. */
function deliveryParts(priced: Priced): Parts {
  const { operations } = priced.traffic;
  const isCdn = ({ area, item }: CostLine) =>
    (area === 'cdn' && !item.includes('invalidations')) || item === 'Web ACL of the CDN: requests';
  const isTransfer = ({ item }: CostLine) => item === 'Transfer to the Internet';
  const ofRequest = [...callsUsd('readBytes', priced), ...requestUsd('download', priced)];
  return [
    ['CDN', typicalUsd(priced, isCdn)],
    ['transfer', typicalUsd(priced, isTransfer)],
    ['reads past the CDN', usdOf(ofRequest) * operations.readBytes],
    ['load balancer', typicalUsd(priced, isCapacity) * (1 - uploadedShare(priced))],
  ];
}

/** Renditions of an image that are asked for later, or made again because they had expired. */
function laterUsd(priced: Priced): number {
  const { traffic, workload } = priced;
  const { operations, images } = traffic;
  const workers = typicalUsd(priced, ({ item }) => /^(worker:|Log of worker:)/.test(item));
  const compute = over(workers, workerSeconds(traffic, workload)) * cpuSecondsOfLaterRendition(workload);
  const calls = (['requestRendition', 'processRendition', 'findExpiredRendition'] as const).map(
    (operation) => usdOf(callsUsd(operation, priced)) * operations[operation],
  );
  return over(sum(calls) + compute * operations.processRendition, images);
}

/** What an image takes in the table for two years, if it is stored as long as others are. */
function lifeInTable(priced: Priced): number {
  const stored = typicalUsd(priced, ({ item }) => /^DynamoDB: (storage|point-in-time recovery)$/.test(item));
  const months = sum(Array.from({ length: MONTHS }, (_, age) => shareStored(priced.workload, age)));
  return over(stored, priced.traffic.stored) * months;
}

/** The storage of one image for two years: the month in which an environment has images of each of so many ages. */
function lifeInStorage({ storage, book, traffic }: Priced): number {
  const last = storage[MONTHS - 1];
  return last ? over(priceOfStorage(last, book).usd, traffic.images) : 0;
}

function storedParts(priced: Priced): Parts {
  const now = priced.storage[priced.month - 1];
  const gb = Object.values(now?.byClass ?? {}).reduce((sum, { gbMonths }) => sum + gbMonths, 0);
  return [
    [
      'S3',
      over(
        typicalUsd(priced, ({ area }) => area === 'storage'),
        gb,
      ),
    ],
  ];
}

/** The parts of a deletion, with that share of an invalidation which CloudFront takes. */
function onlyTaken(parts: Parts, priced: Priced): Parts {
  const taken = over(invalidationsTaken(priced), invalidationsAsked(priced));
  return parts.map(([what, usd]) => [what, what === 'invalidation' ? usd * taken : usd]);
}

/** One deletion: of a public image, which the CDN may have, or of a private one, by their shares. */
function deletionParts(priced: Priced): Parts {
  const cached = priced.invalidates ? 1 - priced.workload.privateShare : 0;
  return [
    ...times(callsUsd('deleteImage', priced), 1 - cached),
    ...times(onlyTaken(callsUsd('deleteCachedImage', priced), priced), cached),
    ...requestUsd('sync-upload', priced),
  ];
}

/** What people compare with what other services ask. */
export function unitCosts(priced: Priced): UnitCost[] {
  const { traffic, workload, lines } = priced;
  const count = workload.renditions.length;
  const [upload, renditions, delivery] = [uploadParts(priced), renditionParts(priced), deliveryParts(priced)];
  const deletion = deletionParts(priced);
  const life: Parts = [
    ['upload', usdOf(upload)],
    [`${count} renditions`, usdOf(renditions)],
    ['later and remade renditions', laterUsd(priced)],
    [`${MONTHS} months of storage`, lifeInStorage(priced)],
    [`${MONTHS} months in the table`, lifeInTable(priced)],
    ['delivery', over(usdOf(delivery), traffic.images)],
    ['deletion of some', usdOf(deletion) * (1 - shareStored(workload, MONTHS))],
  ];
  const everything = sumOf(lines.map(({ usd }) => usd)).typical;
  return [
    unit('1,000 uploads', times(upload, 1000)),
    ...(count > 0 ? [unit('1,000 renditions of uploads', times(renditions, 1000 / count))] : []),
    unit('a GB stored for a month', storedParts(priced)),
    unit('a GB delivered, with its requests', times(delivery, over(1, traffic.bytesDelivered / GB))),
    unit('1,000 deletions', times(deletion, 1000)),
    unit(LIFE_OF_AN_IMAGE, life),
    unit('the whole month, for each image uploaded in it', [
      ['the total over the images of a month', over(everything, traffic.images)],
    ]),
  ];
}
