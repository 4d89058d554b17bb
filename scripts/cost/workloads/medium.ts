import { EVENING_CURVE, FOUR_SIZES, MOSTLY_BY_CONTENT, PHONE_PHOTOGRAPHS, SOON_FORGOTTEN } from './usual-shapes.ts';
import type { Workload } from './workload.ts';

export const medium: Workload = {
  name: 'medium',
  description: 'A marketplace: 100,000 images a day',
  imagesPerDay: 100_000,
  dailyCurve: EVENING_CURVE,
  sizes: PHONE_PHOTOGRAPHS,
  shareInParts: 0.05,
  partsPerUpload: 3,
  renditions: FOUR_SIZES,
  laterRenditionsPerImage: 0.2,
  readsPerImage: { original: 0.3, rendition: 100 },
  ageCurve: SOON_FORGOTTEN,
  readsByNameShare: MOSTLY_BY_CONTENT,
  cacheHitRate: 0.85,
  // Assumed: of the 3.75 reads of a rendition that edges lack, the shield lacks the first, so that it answers at most 0.73.
  originShieldHitRate: 0.5,
  notModifiedShare: 0.1,
  metadataReadsPerImage: 4,
  listCallsPerDay: 50_000,
  changesPerImage: 0,
  apiKeys: 10,
  privateShare: 0,
  deletionsPerMonth: 0.01,
};
