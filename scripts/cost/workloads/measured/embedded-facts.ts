import prettyBytes from 'pretty-bytes';
import { cpuSecondsOfUpload, meanOriginalBytes, sum, type Workload } from '../workload.ts';
import { CLOCK_TIME, moment, number, PROCESSOR_TIME, type WorkloadFact } from './measurement.ts';

const measured = (field: string, value: string, how: string): WorkloadFact => ({
  field,
  source: 'measured',
  value,
  how,
});

/** The images that records tell of. */
interface SeenImages {
  images: readonly { bytesIn?: number }[];
  first: number;
  last: number;
  /** How many images each stands for. */
  factor: number;
  hasCurve: boolean;
}

export function imageFacts(workload: Workload, { images, first, last, factor, hasCurve }: SeenImages): WorkloadFact[] {
  const { imagesPerDay, sizes, dailyCurve } = workload;
  const seen = factor === 1 ? number(images.length) : `a sample of ${number(images.length)}, one of ${number(factor)},`;
  const peak = (Math.max(...dailyCurve) / sum(dailyCurve)) * dailyCurve.length;
  const curve = { field: 'dailyCurve', value: `the busiest hour has ${number(peak)} times the mean` };
  const facts = [
    measured(
      'imagesPerDay',
      number(imagesPerDay),
      `${seen} from ${moment(first)} to ${moment(last)}; images without renditions are not in the metrics`,
    ),
    hasCurve
      ? measured(curve.field, curve.value, 'hours are those of UTC')
      : { ...curve, source: 'assumed' as const, how: 'of the base, because less than a day was measured' },
  ];
  if (!images.some(({ bytesIn }) => bytesIn !== undefined)) return facts;
  const mean = prettyBytes(meanOriginalBytes(workload), { binary: true });
  return [...facts, measured('sizes', `${mean} on average`, `${sizes.length} classes of originals`)];
}

export function renditionFacts(
  { renditions }: Pick<Workload, 'renditions'>,
  { made, isProcessorTime }: { made: number; isProcessorTime: boolean },
): WorkloadFact[] {
  const bytes = prettyBytes(sum(renditions.map(({ meanBytes }) => meanBytes)), { binary: true });
  const seconds = number(cpuSecondsOfUpload({ renditions }));
  return [
    measured(
      'renditions',
      number(made),
      made === renditions.length
        ? renditions.map(({ name }) => name).join(', ')
        : `counted as ${renditions.length}, with the same bytes and seconds an image`,
    ),
    measured('renditions.meanBytes', `${bytes} an image`, 'bytes that were stored'),
    measured('renditions.cpuSeconds', `${seconds} s an image`, isProcessorTime ? PROCESSOR_TIME : CLOCK_TIME),
  ];
}

export const messageFacts = (
  { records, repeated, unusable }: { records: number; repeated: number; unusable: number },
  { perImage, renditions }: { perImage: number; renditions: number },
): WorkloadFact[] => [
  measured(
    'laterRenditionsPerImage',
    number(perImage),
    `${number(renditions)} in later messages, those made again after expiry among them`,
  ),
  {
    field: 'records',
    source: 'seen',
    value: number(records),
    how: `${number(repeated)} repeated; ${number(unusable)} lines with a record that is cut or not of a worker`,
  },
];
