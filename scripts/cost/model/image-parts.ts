import type { CostLine } from '../report/cost-report.ts';
import { recordBytes } from './delivered-bytes.ts';
import { merged, monthOf, operationParts, times, usdOf } from './operation-costs.ts';
import { over, type Parts, type Priced, typicalUsd } from './unit-prices.ts';

const isCapacity = ({ item }: CostLine): boolean => item === 'Load balancer: capacity units';
const isTransfer = ({ item }: CostLine): boolean => item === 'Transfer to the Internet';
const isOfTable = ({ item }: CostLine): boolean =>
  /^(DynamoDB: (storage|point-in-time recovery)$|Backups of the table|Copies of backups:)/.test(item);
const isOfStorage = ({ area, item }: CostLine): boolean =>
  area === 'storage' || item === 'S3 requests: moves by lifecycle rules' || item.startsWith('Copies of originals:');
const isOfCdn = ({ area, item }: CostLine): boolean =>
  (area === 'cdn' && !item.includes('invalidations')) || item === 'Web ACL of the CDN: requests';

/** What a month's bytes of a kind take of the load balancer's capacity. */
const capacityUsd = (bytes: number, priced: Priced): number =>
  typicalUsd(priced, isCapacity) *
  over(bytes, priced.traffic.bytesUploaded + priced.traffic.bytesFromOrigin + recordBytes(priced));

/** One upload, in one request or in parts, by their shares. */
export function uploadParts(priced: Priced): Parts {
  const { traffic, workload } = priced;
  const inParts = (['createUpload', 'uploadParts', 'completeUpload'] as const).flatMap((each) =>
    operationParts(each, priced),
  );
  return merged([
    ...times(operationParts('uploadImage', priced), 1 - workload.shareInParts),
    ...times(inParts, workload.shareInParts),
    ['load balancer', over(capacityUsd(traffic.bytesUploaded, priced), traffic.images)],
  ]);
}

/** The month's share of the transfer past a CDN that is of bytes of images. The rest is of records. */
function bytesOfTransfer(priced: Priced): number {
  const bytes = priced.hasCdn ? 0 : priced.traffic.bytesDelivered;
  return over(bytes, bytes + recordBytes(priced));
}

/** What all reads of bytes in a month cost, from the CDN or without one; also those that are answered 304. */
export const deliveryParts = (priced: Priced): Parts => [
  ['CDN', typicalUsd(priced, isOfCdn)],
  ['transfer', typicalUsd(priced, isTransfer) * bytesOfTransfer(priced)],
  ['reads past the CDN', usdOf(monthOf(['readBytes', 'readNotModified'], priced))],
  ['load balancer', capacityUsd(priced.traffic.bytesFromOrigin, priced)],
];

/** What all reads of records and lists in a month cost. */
const recordParts = (priced: Priced): Parts => [
  ...monthOf(['readRecord', 'listImages'], priced),
  ['transfer', typicalUsd(priced, isTransfer) * (1 - bytesOfTransfer(priced))],
  ['load balancer', capacityUsd(recordBytes(priced), priced)],
];

/** One deletion: of a public image, which the CDN may have, or of a private one, by their shares. */
export function deletionParts(priced: Priced): Parts {
  const cached = priced.invalidates ? 1 - priced.workload.privateShare : 0;
  return merged([
    ...times(operationParts('deleteImage', priced), 1 - cached),
    ...times(operationParts('deleteCachedImage', priced), cached),
  ]);
}

/**
 * An image from its upload to the age in months of the environment. An environment that began empty has in its month images of each age up to that, so
 * what all of them take in the month, over those that are uploaded in it, is what one takes in so many months, as far as it is not deleted before.
 */
export function lifeParts(priced: Priced): Parts {
  const { traffic, workload, month } = priced;
  const { images, operations } = traffic;
  const later = monthOf(['requestRendition', 'processRendition', 'findExpiredRendition'], priced);
  const deletions = operations.deleteImage + operations.deleteCachedImage;
  const months = `${month} ${month === 1 ? 'month' : 'months'}`;
  return [
    ['upload', usdOf(uploadParts(priced))],
    [`${workload.renditions.length} renditions`, over(usdOf(monthOf(['processUpload'], priced)), images)],
    ['later and remade renditions', over(usdOf(later), images)],
    [`${months} of storage`, over(typicalUsd(priced, isOfStorage), images)],
    [`${months} in the table`, over(typicalUsd(priced, isOfTable), images)],
    ['delivery', over(usdOf(deliveryParts(priced)), images)],
    ['records and lists', over(usdOf(recordParts(priced)), images)],
    ['deletion of some', over(usdOf(deletionParts(priced)) * deletions, images)],
  ];
}
