import type { MessageMeasures, RenditionMeasures } from '../../containers/worker/metrics/measures.ts';

/** A rendition that was made without trouble. */
export const renditionMeasures = (changes: Partial<RenditionMeasures> = {}): RenditionMeasures => ({
  name: 'thumb',
  outcome: 'ready',
  attempts: 1,
  decodeMs: 40,
  passesMs: [3, 4.5],
  encodeMs: 20,
  storeMs: 10,
  bytesOut: 5000,
  ...changes,
});

/** A message whose renditions were made without trouble. */
export const messageMeasures = (changes: Partial<MessageMeasures> = {}): MessageMeasures => ({
  imageId: '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c',
  requestId: 'request-1',
  receiveCount: 1,
  queueWaitMs: 120,
  fetchMs: 30,
  bytesIn: 2_000_000,
  totalMs: 200,
  peakMemoryBytes: 150_000_000,
  renditions: [renditionMeasures()],
  outcome: 'done',
  ...changes,
});
