import prettyBytes from 'pretty-bytes';
import { meanOriginalBytes, type RenditionLoad, sum, type Workload } from '../workload.ts';
import { type Day, dayOf, hourOf } from './day.ts';
import { recordsIn } from './embedded-records.ts';
import { messagesOf, openImageSample, type SampledImage, type SampledMessage } from './image-sample.ts';
import { type Measurement, moment, number, type WorkloadFact } from './measurement.ts';
import { outcomeCounter, outcomesFact } from './outcomes.ts';
import { loadsOf } from './rendition-loads.ts';
import { sizeHistogram } from './size-histogram.ts';

/** Reads a log line by line for the records that workers with METRICS=emf write. */
export function openEmbeddedMetrics() {
  const sample = openImageSample();
  const outcomes: Record<string, number> = {};
  const lines = { records: 0, repeated: 0, unusable: 0 };
  let isProcessorTime = true;
  return {
    add(line: string): void {
      const { records, unusable } = recordsIn(line);
      lines.unusable += unusable;
      for (const record of records) {
        lines.records += 1;
        if (sample.add(record)) {
          for (const { outcome, code } of record.renditions) {
            const counter = outcomeCounter(outcome, code);
            if (counter !== undefined) outcomes[counter] = (outcomes[counter] ?? 0) + 1;
          }
          if (record.renditions.some((each) => each.workMs > 0 && !each.isProcessorTime)) isProcessorTime = false;
        } else lines.repeated += 1;
      }
    },
    lines: (): Readonly<typeof lines> => lines,
    measurement(base: Workload): Measurement {
      const seen = { ...uploadsOf(sample.images()), factor: sample.factor(), isProcessorTime };
      const day = dayOf(seen);
      const renditions = renditionsOf(seen.uploads, base);
      const laterRenditionsPerImage = readyIn(seen.later) / seen.uploads.length;
      const known = seen.images.flatMap(({ bytesIn }) => bytesIn ?? []);
      const fields = {
        imagesPerDay: day.imagesPerDay * seen.factor,
        ...(day.dailyCurve && { dailyCurve: day.dailyCurve }),
        ...(known.length > 0 && { sizes: sizeHistogram(known) }),
        renditions,
        laterRenditionsPerImage,
      };
      return { fields, facts: [...factsOf(fields, seen, { ...day, base }), linesFact(lines), outcomesFact(outcomes)] };
    },
  };
}

/** What the sample has: images with their uploads, each at its index, and the messages of later requests. */
interface Seen {
  images: SampledImage[];
  uploads: SampledMessage[];
  later: SampledMessage[];
  byHour: number[];
  first: number;
  last: number;
  factor: number;
  isProcessorTime: boolean;
}

function uploadsOf(sampled: SampledImage[]): Omit<Seen, 'factor' | 'isProcessorTime'> {
  const seen = { images: [] as SampledImage[], uploads: [] as SampledMessage[], later: [] as SampledMessage[] };
  const byHour: number[] = new Array(24).fill(0);
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const image of sampled) {
    const { upload, later } = messagesOf(image);
    for (const message of later) seen.later.push(message);
    if (!upload) continue;
    seen.images.push(image);
    seen.uploads.push(upload);
    byHour[hourOf(upload.at)] = (byHour[hourOf(upload.at)] ?? 0) + 1;
    first = Math.min(first, upload.at);
    last = Math.max(last, upload.at);
  }
  return { ...seen, byHour, first, last };
}

const readyIn = (messages: readonly SampledMessage[]): number =>
  sum(messages.map(({ renditions }) => [...renditions.values()].filter(({ isReady }) => isReady).length));

/** What was made of the images by name, the most frequent first; as many of them as an image has on average, which come to its bytes and seconds. */
function renditionsOf(uploads: readonly SampledMessage[], base: Workload): RenditionLoad[] {
  const byName = new Map<string, { ready: number; bytes: number; seconds: number }>();
  for (const { renditions } of uploads)
    for (const [name, { isReady, bytesOut, workMs }] of renditions) {
      const { ready, bytes, seconds } = byName.get(name) ?? { ready: 0, bytes: 0, seconds: 0 };
      byName.set(name, {
        ready: ready + (isReady ? 1 : 0),
        bytes: bytes + bytesOut,
        seconds: seconds + workMs / 1000,
      });
    }
  const names = [...byName].filter(([, { ready }]) => ready > 0).sort(([, a], [, b]) => b.ready - a.ready);
  const shape = names.map(
    ([name, { ready, bytes, seconds }]): RenditionLoad => ({
      name,
      meanBytes: bytes / ready,
      cpuSeconds: seconds / ready,
      format: (base.renditions.find((each) => each.name === name) ?? base.renditions[0])?.format ?? 'webp',
    }),
  );
  const mean = (of: 'ready' | 'bytes' | 'seconds') =>
    sum([...byName.values()].map((each) => each[of])) / uploads.length;
  const count = shape.length === 0 ? 0 : Math.max(1, Math.round(mean('ready')));
  return loadsOf(shape, { count, bytes: mean('bytes'), cpuSeconds: mean('seconds') });
}

function factsOf(
  fields: Pick<Workload, 'imagesPerDay' | 'renditions' | 'laterRenditionsPerImage'> & Partial<Workload>,
  { uploads, later, first, last, factor, isProcessorTime }: Seen,
  { dailyCurve, base }: Day & { base: Workload },
): WorkloadFact[] {
  const { imagesPerDay, renditions, laterRenditionsPerImage, sizes } = fields;
  const measured = (field: string, value: string, how: string): WorkloadFact => ({
    field,
    source: 'measured',
    value,
    how,
  });
  const images =
    factor === 1 ? number(uploads.length) : `a sample of ${number(uploads.length)}, one of ${number(factor)},`;
  const made = readyIn(uploads) / uploads.length;
  const bytes = sum(renditions.map(({ meanBytes }) => meanBytes));
  const seconds = sum(renditions.map(({ cpuSeconds }) => cpuSeconds));
  return [
    measured(
      'imagesPerDay',
      number(imagesPerDay),
      `${images} from ${moment(first)} to ${moment(last)}; images without renditions are not in the metrics`,
    ),
    curveFact(dailyCurve ?? base.dailyCurve, dailyCurve !== undefined),
    ...(sizes
      ? [
          measured(
            'sizes',
            `${prettyBytes(meanOriginalBytes({ sizes }), { binary: true })} on average`,
            `${sizes.length} classes of originals`,
          ),
        ]
      : []),
    measured(
      'renditions',
      number(made),
      made === renditions.length
        ? renditions.map(({ name }) => name).join(', ')
        : `counted as ${renditions.length}, with the same bytes and seconds an image`,
    ),
    measured('renditions.meanBytes', `${prettyBytes(bytes, { binary: true })} an image`, 'bytes that were stored'),
    measured(
      'renditions.cpuSeconds',
      `${number(seconds)} s an image`,
      isProcessorTime
        ? 'processor time of image processes'
        : 'by the clock, for one thread: at least the processor time; the worker’s own process is not in it',
    ),
    measured(
      'laterRenditionsPerImage',
      number(laterRenditionsPerImage),
      `${number(readyIn(later))} in later messages, those made again after expiry among them`,
    ),
  ];
}

const curveFact = (curve: readonly number[], isMeasured: boolean): WorkloadFact => ({
  field: 'dailyCurve',
  source: isMeasured ? 'measured' : 'assumed',
  value: `the busiest hour has ${number((Math.max(...curve) / sum(curve)) * curve.length)} times the mean`,
  how: isMeasured ? 'hours are those of UTC' : 'of the base, because less than a day was measured',
});

const linesFact = ({ records, repeated, unusable }: { records: number; repeated: number; unusable: number }) =>
  ({
    field: 'records',
    source: 'seen',
    value: number(records),
    how: `${number(repeated)} repeated; ${number(unusable)} lines with a record that is cut or not of a worker`,
  }) as const;
