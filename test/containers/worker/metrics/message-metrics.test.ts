import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  MESSAGE_OUTCOMES,
  type MessageMeasurements,
  RENDITION_OUTCOMES,
  type RenditionMeasurements,
} from '../../../../containers/worker/metrics/measurements.ts';
import { openMessageMetrics } from '../../../../containers/worker/metrics/message-metrics.ts';
import { ERRORS, type ErrorCode } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { messageMeasurements, renditionMeasurements } from '../../../support/measurements.ts';
import { type EmbeddedRecord, readEmbeddedRecord } from '../../../support/worker/embedded-metric-format.ts';

const PROCESS = fileURLToPath(new URL('../../../support/worker/metrics-process.ts', import.meta.url));

/** The line that a message comes to. */
function lineOf(measurements: MessageMeasurements): string {
  const lines: string[] = [];
  openMessageMetrics({ METRICS: 'emf' }, (line) => lines.push(line)).record(measurements);
  expect(lines).to.have.length(1);
  return lines[0] ?? '';
}

const recordOf = (measurements: MessageMeasurements): EmbeddedRecord => readEmbeddedRecord(lineOf(measurements));
const unitsOf = ({ _aws }: EmbeddedRecord) =>
  Object.fromEntries(_aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name, Unit }) => [Name, Unit])));

/** Any figure that a clock or a count may come to, right or wrong. */
const figure = fc.oneof(
  fc.double({ min: -1e15, max: 1e15 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const maybe = fc.option(figure, { nil: undefined });
const code = fc.option(fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[])), { nil: undefined });
const anyRendition: fc.Arbitrary<RenditionMeasurements> = fc.record({
  name: fc.string(),
  outcome: fc.constantFrom(...RENDITION_OUTCOMES),
  code,
  attempts: fc.nat(),
  decodeMs: maybe,
  passesMs: fc.array(figure, { maxLength: 12 }),
  encodeMs: maybe,
  storeMs: maybe,
  bytesOut: maybe,
  isDecodeShared: fc.option(fc.boolean(), { nil: undefined }),
  cpuMs: maybe,
  requests: fc.dictionary(fc.string(), fc.nat(), { maxKeys: 3, noNullPrototype: true }),
});
const anyMessage: fc.Arbitrary<MessageMeasurements> = fc.record({
  imageId: fc.string(),
  requestId: fc.string(),
  receiveCount: fc.nat(),
  queueWaitMs: figure,
  fetchMs: maybe,
  bytesIn: maybe,
  totalMs: figure,
  peakMemoryBytes: maybe,
  requests: fc.dictionary(fc.string(), fc.nat(), { maxKeys: 3, noNullPrototype: true }),
  readUnits: figure,
  writeUnits: figure,
  usd: maybe,
  renditions: fc.array(anyRendition, { maxLength: 120 }),
  outcome: fc.constantFrom(...MESSAGE_OUTCOMES),
  code,
});

describe('the log line with the metrics of a message', () => {
  it('has every metric with its unit, and the service as its only dimension', () => {
    const record = recordOf(messageMeasurements());
    expect(record._aws.CloudWatchMetrics[0]).to.include({ Namespace: 'ImageService' });
    expect(record._aws.CloudWatchMetrics[0]?.Dimensions).to.deep.equal([['service']]);
    expect(unitsOf(record)).to.deep.equal({
      Messages: 'Count',
      RenditionsReady: 'Count',
      RenditionsFailed: 'Count',
      RenditionsReturned: 'Count',
      QueueWait: 'Milliseconds',
      Fetch: 'Milliseconds',
      Decode: 'Milliseconds',
      Passes: 'Milliseconds',
      Encode: 'Milliseconds',
      Store: 'Milliseconds',
      Total: 'Milliseconds',
      BytesIn: 'Bytes',
      BytesOut: 'Bytes',
      PeakMemory: 'Bytes',
      Cpu: 'Milliseconds',
      Requests: 'Count',
      ReadUnits: 'Count',
      WriteUnits: 'Count',
    });
    expect(record).to.include({ service: 'worker', Messages: 1, QueueWait: 120, Total: 200, Passes: 7.5, Decode: 40 });
    expect(record).to.include({ BytesIn: 2_000_000, BytesOut: 5000, PeakMemory: 150_000_000, Fetch: 30, Store: 10 });
    expect(record).to.include({ Cpu: 65, Requests: 7, ReadUnits: 1, WriteUnits: 2 });
  });

  it('has the ids, codes, attempts and passes of message and renditions beside the metrics', () => {
    const failed = { name: 'card', outcome: 'failed', code: 'image_unreadable', attempts: 2, passesMs: [] } as const;
    const record = recordOf(messageMeasurements({ renditions: [renditionMeasurements(), failed], receiveCount: 3 }));
    expect(record).to.include({
      imageId: messageMeasurements().imageId,
      requestId: 'request-1',
      receiveCount: 3,
      outcome: 'done',
    });
    expect(record).to.not.have.property('code');
    expect(record.renditions).to.deep.equal([renditionMeasurements(), failed]);
    expect(record).to.include({ RenditionsReady: 1, RenditionsFailed: 1, RenditionsReturned: 0 });
  });

  it('has the requests to AWS by operation and, where prices are known, what the message cost with their date', () => {
    const { requests } = messageMeasurements();
    expect(recordOf(messageMeasurements())).to.deep.include({ requests }).and.to.not.have.any.keys('usd', 'priced');
    const record = recordOf(messageMeasurements({ usd: 0.0000123456, priced: '2026-08-01' }));
    expect(record).to.include({ usd: 0.0000123456, priced: '2026-08-01' });
  });

  it('has a value for each rendition that reached a step, and counts a shared decode once', () => {
    const renditions = [
      renditionMeasurements({ decodeMs: 40.04 }),
      renditionMeasurements({ name: 'card', isDecodeShared: true, passesMs: [0.26, 0.1] }),
      renditionMeasurements({ name: 'slow', outcome: 'returned', encodeMs: undefined, storeMs: undefined }),
    ];
    const record = recordOf(messageMeasurements({ renditions, outcome: 'returned', code: 'service_unavailable' }));
    expect(record).to.deep.include({ Decode: [40, 40], Passes: [7.5, 0.4, 7.5], Encode: [20, 20], Store: [10, 10] });
    expect(record).to.include({ RenditionsReturned: 1, outcome: 'returned', code: 'service_unavailable' });
  });

  it('is written for a message without any work', () => {
    const record = recordOf({
      imageId: 'i',
      requestId: 'r',
      receiveCount: 1,
      queueWaitMs: -30,
      totalMs: Number.NaN,
      requests: {},
      readUnits: 0,
      writeUnits: 0,
      renditions: [],
      outcome: 'lost',
    });
    expect(Object.keys(unitsOf(record))).to.deep.equal([
      'Messages',
      'RenditionsReady',
      'RenditionsFailed',
      'RenditionsReturned',
      'QueueWait',
      'Requests',
      'ReadUnits',
      'WriteUnits',
    ]);
    expect(record).to.include({ Messages: 1, RenditionsReady: 0, QueueWait: 0 });
  });

  it('stays valid when a measured figure is not finite or negative', () => {
    fc.assert(
      fc.property(anyMessage, (measurements) => void recordOf(measurements)),
      { numRuns: 50 },
    );
  });

  it('is shorter than the 16 KiB at which Docker’s log drivers may cut, even with the most renditions of a message', () => {
    const renditions = Array.from({ length: LIMITS.renditionsPerRequest }, (_, index) =>
      renditionMeasurements({
        name: `${index}`.padEnd(64, 'x'),
        outcome: 'failed',
        code: 'upload_checksum_mismatch',
        decodeMs: 59_999.9,
        passesMs: Array.from({ length: LIMITS.commandsPerRendition }, () => 59_999.9),
        encodeMs: 59_999.9,
        storeMs: 59_999.9,
        bytesOut: 999_999_999,
        isDecodeShared: true,
        cpuMs: 59_999.9,
        requests: { UpdateItem: 9, PutObject: 9, Query: 9, DeleteObject: 9 },
      }),
    );
    expect(Buffer.byteLength(lineOf(messageMeasurements({ renditions, requestId: 'x'.repeat(128) })))).to.be.below(
      16_384,
    );
  });

  it('does not mix the figures of messages that are worked on at the same time', async () => {
    const lines: string[] = [];
    const metrics = openMessageMetrics({ METRICS: 'emf' }, (line) => lines.push(line));
    const ids = Array.from({ length: 20 }, (_, index) => `request-${index}`);
    await Promise.all(
      ids.map(async (requestId, index) => {
        await new Promise((resolve) => setTimeout(resolve, index % 3));
        const renditions = Array.from({ length: index }, () => renditionMeasurements({ bytesOut: index }));
        metrics.record(messageMeasurements({ requestId, queueWaitMs: index, renditions }));
      }),
    );
    const records = lines.map(readEmbeddedRecord);
    expect(records.map(({ requestId }) => requestId)).to.have.members(ids);
    for (const record of records) {
      const index = Number(String(record.requestId).slice(8));
      expect(record).to.include({ QueueWait: index, RenditionsReady: index });
      expect([record.BytesOut ?? []].flat()).to.deep.equal(Array.from({ length: index }, () => index));
    }
  });

  it('is written whole between other log lines, even when the process ends in the same tick, and only if METRICS asks for it', async () => {
    // Settings of the library's own that would silence it, or break its lines, on a developer's machine.
    const env = { ...process.env, POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'true' };
    for (const METRICS of ['emf', 'off']) {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROCESS, METRICS], { env });
      expect(stderr).to.equal('');
      const lines = stdout.trimEnd().split('\n');
      const records = lines.filter((line) => '_aws' in JSON.parse(line)).map(readEmbeddedRecord);
      // The order is not asserted: a line that is being written when the process exits may be overtaken by the lines after it.
      const requestIds = lines.map((line) => JSON.parse(line).requestId).toSorted();
      expect(requestIds.join('')).to.equal(METRICS === 'emf' ? 'aabbcc' : 'abc');
      expect(records).to.have.length(METRICS === 'emf' ? 3 : 0);
    }
  });
});

describe('the counters of the worker', () => {
  /** Every series of the worker's own with its value. */
  async function seriesAfter(...messages: MessageMeasurements[]): Promise<Record<string, number>> {
    const metrics = openMessageMetrics({ METRICS: 'off' }, () => expect.fail('nothing is to be written'));
    for (const measurements of messages) metrics.record(measurements);
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('image_worker_'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  it('start at zero for every outcome', async () => {
    const series = await seriesAfter();
    for (const outcome of MESSAGE_OUTCOMES) {
      expect(series).to.include({ [`image_worker_messages_total{outcome="${outcome}"}`]: 0 });
    }
    for (const outcome of RENDITION_OUTCOMES) {
      expect(series).to.include({ [`image_worker_renditions_total{outcome="${outcome}",code=""}`]: 0 });
    }
  });

  it('count messages and renditions by outcome, and time in seconds by stage', async () => {
    const failed = renditionMeasurements({
      outcome: 'failed',
      code: 'too_many_pixels',
      isDecodeShared: true,
      passesMs: [],
    });
    const series = await seriesAfter(
      messageMeasurements({ renditions: [renditionMeasurements(), failed] }),
      messageMeasurements({ outcome: 'lost', renditions: [], fetchMs: undefined, queueWaitMs: 3_000_000 }),
    );
    expect(series).to.include({
      'image_worker_messages_total{outcome="done"}': 1,
      'image_worker_messages_total{outcome="lost"}': 1,
      'image_worker_renditions_total{outcome="ready",code=""}': 1,
      'image_worker_renditions_total{outcome="failed",code="too_many_pixels"}': 1,
      image_worker_queue_wait_seconds_count: 2,
      image_worker_queue_wait_seconds_sum: 3000.12,
      'image_worker_queue_wait_seconds_bucket{le="1800"}': 1,
      'image_worker_queue_wait_seconds_bucket{le="7200"}': 2,
      image_worker_message_duration_seconds_count: 2,
      'image_worker_stage_duration_seconds_count{stage="fetch"}': 1,
      'image_worker_stage_duration_seconds_count{stage="decode"}': 1,
      'image_worker_stage_duration_seconds_sum{stage="decode"}': 0.04,
      'image_worker_stage_duration_seconds_count{stage="passes"}': 1,
      'image_worker_stage_duration_seconds_count{stage="encode"}': 2,
      'image_worker_stage_duration_seconds_count{stage="store"}': 2,
      'image_worker_aws_requests_total{operation="UpdateItem",purpose="message"}': 4,
      'image_worker_table_units_total{kind="read"}': 2,
      'image_worker_table_units_total{kind="write"}': 4,
      image_worker_rendition_cpu_seconds_total: 0.13,
    });
  });

  it('accept figures that are not finite or negative', () => {
    const metrics = openMessageMetrics({ METRICS: 'off' });
    fc.assert(
      fc.property(anyMessage, (measurements) => metrics.record(measurements)),
      { numRuns: 200 },
    );
  });

  it('are text for Prometheus with the metrics of the process, apart from the global registry', async () => {
    const [one, other] = [openMessageMetrics({ METRICS: 'off' }), openMessageMetrics({ METRICS: 'off' })];
    one.record(messageMeasurements());
    expect(one.contentType).to.equal('text/plain; version=0.0.4; charset=utf-8');
    expect(await one.text()).to.match(/^process_resident_memory_bytes \d+$/m);
    for (const line of (await one.text()).split('\n')) {
      expect(line).to.match(/^(# (HELP|TYPE) .+|[a-z_]+[a-z0-9_]*(\{.*\})? \S+|)$/);
    }
    expect(await other.text()).to.include('image_worker_messages_total{outcome="done"} 0\n');
  });
});
