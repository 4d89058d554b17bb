import { expect } from 'chai';
import { METRIC_NAMES } from '../../../../containers/worker/metrics/cloudwatch-metrics.ts';
import { embeddedMetricLine } from '../../../../containers/worker/metrics/embedded-metric-format.ts';
import type { MessageMeasurements } from '../../../../containers/worker/metrics/measurements.ts';
import { WORKER_METRICS } from '../../../../scripts/cost/model/alarm-lines.ts';
import { LOG_BYTES } from '../../../../scripts/cost/model/log-bytes.ts';
import { S3_BILLING } from '../../../../scripts/cost/model/requests-per-operation.ts';
import { ITEM_BYTES } from '../../../../scripts/cost/model/table-units.ts';
import { PRESETS } from '../../../../shared/contracts/api/presets.ts';
import {
  limitPartition,
  limitWindowSortKey,
  usagePartition,
  usageSendingSortKey,
} from '../../../../shared/contracts/table.ts';
import type { Pipeline } from '../../../../shared/domain/commands.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { renditionKey } from '../../../../shared/domain/object-key.ts';
import { DEFAULT_OWNER_LIMITS } from '../../../../shared/domain/owner-limits.ts';
import { billedRequests } from '../../../../shared/runtime/aws-requests.ts';
import { createLoggerTo } from '../../../../shared/runtime/logger.ts';
import { newImage } from '../../../../shared/uploads/new-image.ts';
import { auditLine } from '../../../support/services/audit-lines.ts';

/** What CloudWatch adds to each event. */
const EVENT_BYTES = 26;
const REQUEST_ID = 'a5a2f2a6-4f0e-4c39-9a6e-0f5f2f1d7c11';
const SHA256 = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
const PIPELINE = PRESETS.get('large') as Pipeline;
const RECEIPT = {
  ...{ puts: 1, gets: 0.25, reads: 0.25, writes: 2, sqs: 0.5 },
  ...{ cpuMs: 118, usd: 0.0000077613, priced: '2026-08-01' },
};
const FACTS = {
  contentType: 'image/jpeg',
  contentLength: 3_040_870,
  checksumSha256: SHA256,
  width: 4032,
  height: 3024,
};

/** Bytes of a value as DynamoDB counts them: numbers two digits a byte, and a byte for each member of lists and maps, which have three more. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).replace(/[-.]/g, '').length / 2) + 1;
  if (Array.isArray(value)) return 3 + value.reduce((sum, each) => sum + 1 + bytesOf(each), 0);
  if (typeof value === 'object' && value !== null) return 3 + itemBytes(value) + Object.keys(value).length;
  return 1;
}

const itemBytes = (item: object): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(value), 0);

/** The bytes of the only line that is logged. */
function lineBytes(log: (logger: ReturnType<typeof createLoggerTo>) => void): number {
  const written: string[] = [];
  log(createLoggerTo({ write: (line: string) => void written.push(line) }, 'download', 'info'));
  return Buffer.byteLength(written.join('')) + EVENT_BYTES;
}

/** As large as is reckoned with, or up to a fifth smaller. */
const expectReckoned = (measured: number, reckoned: number, what: string): void => {
  expect(measured, what).to.be.within(reckoned * 0.8, reckoned);
};

describe('figures of the cost model that are ours', () => {
  it('have the bytes of items in the table', () => {
    const imageId = createImageId();
    const image = newImage(
      { imageId, owner: 'shop-frontend', visibility: 'private', fileName: 'IMG_20261130_120000.jpg', ...FACTS },
      [{ name: 'large', ...PIPELINE }],
    );
    const { record } = image;
    const listed = { listedFor: record.owner, listedAt: record.createdAt, placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI' };
    const item = { pk: `IMAGE#${imageId}`, sk: 'RECORD', ...listed, dominantColor: '#a0b1c2', ...record };
    expectReckoned(itemBytes(item), ITEM_BYTES.record, 'record');
    const queued = { pk: `IMAGE#${imageId}`, sk: 'RENDITION#large', ...image.renditions[0] };
    expectReckoned(itemBytes(queued), ITEM_BYTES['queued rendition'], 'queued rendition');
    const key = renditionKey(record, PIPELINE, 'webp');
    const facts = { ...FACTS, key, contentType: 'image/webp', contentLength: 81_920 };
    const ready = { ...queued, facts, ...RECEIPT };
    expectReckoned(itemBytes(ready), ITEM_BYTES['ready rendition'], 'ready rendition');
  });

  it('have the bytes of the items that limits count in', () => {
    const owner = 'auth0|64f0c3a7b1e2d9f8a7c6b5d4';
    const removeAfter = 1_796_083_200;
    const window = { pk: limitPartition('owner', owner), sk: limitWindowSortKey(29_934_720), taken: 1234, removeAfter };
    expectReckoned(itemBytes(window), ITEM_BYTES['request window'], 'request window');
    const { uploadsAtOnce } = DEFAULT_OWNER_LIMITS;
    const names = Array.from({ length: Number(uploadsAtOnce) }, (_, index) => `at_${String(index).padStart(16, '0')}`);
    const sending = {
      ...{ pk: usagePartition(owner), sk: usageSendingSortKey, sending: uploadsAtOnce, removeAfter },
      ...Object.fromEntries(names.map((name) => [name, removeAfter])),
    };
    expectReckoned(itemBytes(sending), ITEM_BYTES['uploads at once'], 'uploads at once');
  });

  it('have the bytes of the log line of a request', () => {
    const path = `/v1/images/${createImageId()}/renditions/large`;
    const request = { operation: 'getRendition', method: 'GET', path, status: 200, durationMs: 12 };
    const bytes = lineBytes((logger) =>
      logger.info({ requestId: REQUEST_ID, ...request, remoteAddress: '10.30.12.123' }, 'request'),
    );
    expectReckoned(bytes, LOG_BYTES.request, 'request');
  });

  it('have the bytes of a line of the audit trail', () => {
    const owner = 'auth:auth0|64f0c3a7b1e2d9f8a7c6b5d4';
    const who = { kind: 'jwt' as const, id: owner, owner };
    const line = auditLine(REQUEST_ID, { who, operation: 'requestRenditions', address: '203.0.113.123', status: 202 });
    expectReckoned(Buffer.byteLength(JSON.stringify(line)) + EVENT_BYTES, LOG_BYTES.audit, 'audit');
  });

  it('have the bytes of the log line of a rendition', () => {
    const imageId = createImageId();
    const key = renditionKey({ imageId, checksumSha256: SHA256 }, PIPELINE, 'webp');
    const about = { requestId: REQUEST_ID, imageId, rendition: 'large', attempts: 1, durationMs: 240 };
    const bytes = lineBytes((logger) => logger.info({ ...about, key, ...FACTS }, 'ready'));
    expectReckoned(bytes, LOG_BYTES.rendition, 'rendition');
  });

  it('have the bytes of the metrics of a message', () => {
    const rendition = (name: string) => ({
      ...{ name, outcome: 'ready' as const, attempts: 1, isDecodeShared: name !== 'large', decodeMs: 120.1 },
      ...{ passesMs: [20.3], encodeMs: 55.2, bytesOut: 81_920, storeMs: 30.1 },
      ...{ cpuMs: 118.2, requests: { UpdateItem: 2, PutObject: 1 } },
    });
    const line = (names: string[]): number => {
      const times = { queueWaitMs: 123, totalMs: 456, fetchMs: 50.5, bytesIn: 3_040_870, peakMemoryBytes: 148_000_000 };
      const about = { imageId: createImageId(), requestId: REQUEST_ID, receiveCount: 1, outcome: 'done' as const };
      const once = { ReceiveMessage: 1, Query: 1, GetObject: 1, DeleteMessage: 1 };
      const requests = { ...once, UpdateItem: 2 * names.length + 1, PutObject: names.length };
      const costs = { requests, readUnits: 1, writeUnits: 10, usd: 0.0000310452, priced: '2026-08-01' };
      const measured: MessageMeasurements = { ...about, ...times, ...costs, renditions: names.map(rendition) };
      return Buffer.byteLength(embeddedMetricLine(measured)) + EVENT_BYTES;
    };
    const { message, messageRendition } = LOG_BYTES;
    expectReckoned(line(['large']), message + messageRendition, 'one rendition');
    expectReckoned(line(['large', 'medium', 'small', 'thumb']), message + 4 * messageRendition, 'four renditions');
  });

  it('bill each request to S3 as receipts do', () => {
    for (const [api, billing] of Object.entries(S3_BILLING)) {
      const { puts, gets } = billedRequests({ requests: { [api]: 1 }, readUnits: 0, writeUnits: 0 });
      expect({ puts, gets }, api).to.deep.equal({ puts: Number(billing === 'put'), gets: Number(billing === 'get') });
    }
  });

  it('count the metrics of the worker', () => {
    expect(WORKER_METRICS).to.equal(METRIC_NAMES.length);
  });
});
