import { EVENING_CURVE, FOUR_SIZES, MOSTLY_BY_CONTENT, PHONE_PHOTOGRAPHS, SOON_FORGOTTEN } from './usual-shapes.ts';
import type { Workload } from './workload.ts';

export const large: Workload = {
  name: 'large',
  description: 'A social network of a country: 5 million images a day',
  imagesPerDay: 5_000_000,
  dailyCurve: EVENING_CURVE,
  sizes: PHONE_PHOTOGRAPHS,
  shareInParts: 0.05,
  partsPerUpload: 3,
  renditions: FOUR_SIZES,
  laterRenditionsPerImage: 0.1,
  readsPerImage: { original: 0.2, rendition: 100 },
  ageCurve: SOON_FORGOTTEN,
  readsByNameShare: MOSTLY_BY_CONTENT,
  cacheHitRate: 0.92,
  // Assumed: of the 2 reads of a rendition that edges lack, the shield lacks the first, so that it answers at most 0.5.
  originShieldHitRate: 0.4,
  notModifiedShare: 0.1,
  metadataReadsPerImage: 4,
  listCallsPerDay: 2_000_000,
  changesPerImage: 0,
  apiKeys: 1000,
  privateShare: 0,
  deletionsPerMonth: 0.01,
};
