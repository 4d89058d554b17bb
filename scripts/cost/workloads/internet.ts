import { EVENING_CURVE, FOUR_SIZES, MOSTLY_BY_CONTENT, PHONE_PHOTOGRAPHS, SOON_FORGOTTEN } from './usual-shapes.ts';
import { sum, type Workload } from './workload.ts';

const PEAK_IMAGES_PER_SECOND = 10_000;
const MEAN_TO_PEAK = sum(EVENING_CURVE) / EVENING_CURVE.length / Math.max(...EVENING_CURVE);

export const internet: Workload = {
  name: 'internet',
  description: 'One of the largest services there are: 10,000 images a second in the busiest hour',
  imagesPerDay: PEAK_IMAGES_PER_SECOND * MEAN_TO_PEAK * 24 * 60 * 60,
  dailyCurve: EVENING_CURVE,
  sizes: PHONE_PHOTOGRAPHS,
  shareInParts: 0.05,
  partsPerUpload: 3,
  renditions: FOUR_SIZES,
  laterRenditionsPerImage: 0.1,
  readsPerImage: { original: 0.2, rendition: 100 },
  ageCurve: SOON_FORGOTTEN,
  readsByNameShare: MOSTLY_BY_CONTENT,
  cacheHitRate: 0.95,
  // Assumed: of the 1.25 reads of a rendition that edges lack, the shield lacks the first, so that it answers at most 0.2.
  originShieldHitRate: 0.15,
  notModifiedShare: 0.1,
  metadataReadsPerImage: 4,
  listCallsPerDay: 200_000_000,
  changesPerImage: 0,
  apiKeys: 100_000,
  privateShare: 0,
  deletionsPerMonth: 0.01,
};
