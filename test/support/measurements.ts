import type { MessageMeasurements, RenditionMeasurements } from '../../containers/worker/metrics/measurements.ts';

/** A rendition that was made without trouble. */
export const renditionMeasurements = (changes: Partial<RenditionMeasurements> = {}): RenditionMeasurements => ({
  name: 'thumb',
  outcome: 'ready',
  attempts: 1,
  decodeMs: 40,
  passesMs: [3, 4.5],
  encodeMs: 20,
  storeMs: 10,
  bytesOut: 5000,
  cpuMs: 65,
  requests: { UpdateItem: 2, PutObject: 1 },
  ...changes,
});

/** A message whose renditions were made without trouble. */
export const messageMeasurements = (changes: Partial<MessageMeasurements> = {}): MessageMeasurements => ({
  imageId: '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c',
  requestId: 'request-1',
  receiveCount: 1,
  queueWaitMs: 120,
  fetchMs: 30,
  bytesIn: 2_000_000,
  totalMs: 200,
  peakMemoryBytes: 150_000_000,
  requests: { ReceiveMessage: 1, Query: 1, UpdateItem: 2, PutObject: 1, GetObject: 1, DeleteMessage: 1 },
  readUnits: 1,
  writeUnits: 2,
  renditions: [renditionMeasurements()],
  outcome: 'done',
  ...changes,
});
