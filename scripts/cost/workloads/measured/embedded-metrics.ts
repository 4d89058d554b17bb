import { type RenditionLoad, sum, type Workload } from '../workload.ts';
import { dayOf, hourOf } from './day.ts';
import { imageFacts, messageFacts, renditionFacts } from './embedded-facts.ts';
import { recordsIn } from './embedded-records.ts';
import { messagesOf, openImageSample, type SampledImage, type SampledMessage } from './image-sample.ts';
import type { Measurement } from './measurement.ts';
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
      const seen = { ...uploadsOf(sample.images()), factor: sample.factor() };
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
      const facts = [
        ...imageFacts({ ...base, ...fields }, { ...seen, hasCurve: day.dailyCurve !== undefined }),
        ...renditionFacts(fields, { made: readyIn(seen.uploads) / seen.uploads.length, isProcessorTime }),
        ...messageFacts(lines, { perImage: laterRenditionsPerImage, renditions: readyIn(seen.later) }),
        outcomesFact(outcomes),
      ];
      return { fields, facts, seenMs: day.seenMs };
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
}

function uploadsOf(sampled: SampledImage[]): Seen {
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
