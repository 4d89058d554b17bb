import type { MessageMeasurements, RenditionMeasurements } from './measurements.ts';

type Values = readonly (number | undefined)[];

/** A metric of a message: its unit in CloudWatch's words, and its values, one for the message or one for each rendition. */
interface Metric {
  unit: 'Count' | 'Milliseconds' | 'Bytes';
  valuesOf(measurements: MessageMeasurements): Values;
}

const rendered =
  (outcome: RenditionMeasurements['outcome']) =>
  ({ renditions }: MessageMeasurements): Values => [
    renditions.filter((rendition) => rendition.outcome === outcome).length,
  ];

const each =
  (read: (rendition: RenditionMeasurements) => number | undefined) =>
  ({ renditions }: MessageMeasurements): Values =>
    renditions.map(read);

const ownDecode = ({ decodeMs, isDecodeShared }: RenditionMeasurements) => (isDecodeShared ? undefined : decodeMs);

const allPasses = ({ passesMs }: RenditionMeasurements) =>
  passesMs.length > 0 ? passesMs.reduce((sum, pass) => sum + pass) : undefined;

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Every metric of a message by its name in CloudWatch. */
export const MESSAGE_METRICS = {
  Messages: { unit: 'Count', valuesOf: () => [1] },
  RenditionsReady: { unit: 'Count', valuesOf: rendered('ready') },
  RenditionsFailed: { unit: 'Count', valuesOf: rendered('failed') },
  RenditionsReturned: { unit: 'Count', valuesOf: rendered('returned') },
  QueueWait: { unit: 'Milliseconds', valuesOf: ({ queueWaitMs }) => [queueWaitMs] },
  Fetch: { unit: 'Milliseconds', valuesOf: ({ fetchMs }) => [fetchMs] },
  Decode: { unit: 'Milliseconds', valuesOf: each(ownDecode) },
  Passes: { unit: 'Milliseconds', valuesOf: each(allPasses) },
  Encode: { unit: 'Milliseconds', valuesOf: each(({ encodeMs }) => encodeMs) },
  Store: { unit: 'Milliseconds', valuesOf: each(({ storeMs }) => storeMs) },
  Total: { unit: 'Milliseconds', valuesOf: ({ totalMs }) => [totalMs] },
  BytesIn: { unit: 'Bytes', valuesOf: ({ bytesIn }) => [bytesIn] },
  BytesOut: { unit: 'Bytes', valuesOf: each(({ bytesOut }) => bytesOut) },
  PeakMemory: { unit: 'Bytes', valuesOf: ({ peakMemoryBytes }) => [peakMemoryBytes] },
  Cpu: { unit: 'Milliseconds', valuesOf: each(({ cpuMs }) => cpuMs) },
  Requests: { unit: 'Count', valuesOf: ({ requests }) => [sumOf(requests)] },
  ReadUnits: { unit: 'Count', valuesOf: ({ readUnits }) => [readUnits] },
  WriteUnits: { unit: 'Count', valuesOf: ({ writeUnits }) => [writeUnits] },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof MESSAGE_METRICS;

export const METRIC_NAMES = Object.keys(MESSAGE_METRICS) as MetricName[];

/** The values of a metric that can be counted: clocks of two machines may differ, so a wait may come out below zero. */
export function samplesOf(name: MetricName, measurements: MessageMeasurements): number[] {
  const values: Values = MESSAGE_METRICS[name].valuesOf(measurements);
  return values
    .filter((value) => value !== undefined)
    .filter(Number.isFinite)
    .map((value) => Math.max(0, value));
}
