import { EVENING_CURVE, FOUR_SIZES, MOSTLY_BY_CONTENT, PHONE_PHOTOGRAPHS, SOON_FORGOTTEN } from './usual-shapes.ts';
import type { Workload } from './workload.ts';

export const small: Workload = {
  name: 'small',
  description: 'A club or a shop: 1,000 images a day',
  imagesPerDay: 1000,
  dailyCurve: EVENING_CURVE,
  sizes: PHONE_PHOTOGRAPHS,
  shareInParts: 0.05,
  partsPerUpload: 3,
  renditions: FOUR_SIZES,
  laterRenditionsPerImage: 0.2,
  readsPerImage: { original: 0.3, rendition: 60 },
  ageCurve: SOON_FORGOTTEN,
  readsByNameShare: MOSTLY_BY_CONTENT,
  // Few readers for each image, so that edges often have not seen it.
  cacheHitRate: 0.6,
  // Assumed: of the 6 reads of a rendition that edges lack, the shield lacks the first, and often others, which come long after it.
  originShieldHitRate: 0.5,
  notModifiedShare: 0.1,
  metadataReadsPerImage: 4,
  listCallsPerDay: 500,
  changesPerImage: 0,
  apiKeys: 1,
  privateShare: 0,
  deletionsPerMonth: 0.01,
};
