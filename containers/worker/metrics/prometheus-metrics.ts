import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { otherRequests } from '../../../shared/runtime/aws-requests.ts';
import { type MetricName, samplesOf } from './cloudwatch-metrics.ts';
import { MESSAGE_OUTCOMES, type MessageMeasurements, RENDITION_OUTCOMES } from './measurements.ts';

/** Seconds. A message may wait for retries of up to a minute each; two hours stand for a worker that was away. */
const WAIT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];

/** Seconds. From the store of a thumbnail to many renditions that take all the time they may. */
const WORK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** The stages of the work by their label. */
const STAGES = { fetch: 'Fetch', decode: 'Decode', passes: 'Passes', encode: 'Encode', store: 'Store' } as const;

export interface PrometheusMetrics {
  count(measurements: MessageMeasurements): void;
  text(): Promise<string>;
  readonly contentType: string;
}

/** The worker's counters since its start, with those of its process, in a registry of their own. */
export function openPrometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { messages, renditions } = openCounters(registry);
  const costs = openCostCounters(registry);
  const { wait, total, stages } = openHistograms(registry);
  const observe = (name: MetricName, measurements: MessageMeasurements, into: { observe(seconds: number): void }) => {
    for (const ms of samplesOf(name, measurements)) into.observe(ms / 1000);
  };
  return {
    count(measurements) {
      messages.inc({ outcome: measurements.outcome });
      for (const { outcome, code = '' } of measurements.renditions) renditions.inc({ outcome, code });
      costs.count(measurements);
      observe('QueueWait', measurements, wait);
      observe('Total', measurements, total);
      for (const [stage, name] of Object.entries(STAGES)) observe(name, measurements, stages.labels({ stage }));
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** All outcomes start at zero: of a series that appears with its first count, `rate()` misses that count. */
function openCounters(registry: Registry) {
  const messages = new Counter({
    name: 'image_worker_messages_total',
    help: 'Messages worked on, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const renditions = new Counter({
    name: 'image_worker_renditions_total',
    help: 'Renditions of those messages, by what became of them, and why if they are not ready.',
    labelNames: ['outcome', 'code'],
    registers: [registry],
  });
  for (const outcome of MESSAGE_OUTCOMES) messages.inc({ outcome }, 0);
  for (const outcome of RENDITION_OUTCOMES) renditions.inc({ outcome, code: '' }, 0);
  return { messages, renditions };
}

/** From what requests and processor time a bill follows; all receives that bring nothing are in it too. */
function openCostCounters(registry: Registry) {
  const registers = [registry];
  const processor = new Counter({
    name: 'image_worker_rendition_cpu_seconds_total',
    help: 'Processor time of image processes that was spent on renditions, but for processes that died.',
    registers,
  });
  const units = new Counter({
    name: 'image_worker_table_units_total',
    help: 'Units of DynamoDB that messages took, as it says itself.',
    labelNames: ['kind'],
    registers,
  });
  const ofMessages: Record<string, number> = {};
  new Counter({
    name: 'image_worker_aws_requests_total',
    help: 'Requests to AWS, each try by itself: for messages, and others such as receives that brought nothing.',
    labelNames: ['operation', 'purpose'],
    registers,
    // Other requests are counted for the whole process and not here.
    collect() {
      this.reset();
      for (const [operation, count] of Object.entries(ofMessages)) this.inc({ operation, purpose: 'message' }, count);
      for (const [operation, count] of Object.entries(otherRequests.counts().requests))
        this.inc({ operation, purpose: 'other' }, count);
    },
  });
  const table = { ReadUnits: units.labels({ kind: 'read' }), WriteUnits: units.labels({ kind: 'write' }) };
  for (const taken of Object.values(table)) taken.inc(0);
  return {
    count(measurements: MessageMeasurements) {
      for (const [operation, count] of Object.entries(measurements.requests))
        ofMessages[operation] = (ofMessages[operation] ?? 0) + count;
      for (const name of ['ReadUnits', 'WriteUnits'] as const)
        for (const taken of samplesOf(name, measurements)) table[name].inc(taken);
      for (const ms of samplesOf('Cpu', measurements)) processor.inc(ms / 1000);
    },
  };
}

function openHistograms(registry: Registry) {
  const registers = [registry];
  return {
    wait: new Histogram({
      name: 'image_worker_queue_wait_seconds',
      help: 'From the sending of a message until work on it began.',
      buckets: WAIT_BUCKETS,
      registers,
    }),
    total: new Histogram({
      name: 'image_worker_message_duration_seconds',
      help: 'Work on a message with all its renditions.',
      buckets: WORK_BUCKETS,
      registers,
    }),
    stages: new Histogram({
      name: 'image_worker_stage_duration_seconds',
      help: 'A stage of the work: fetch once a message, decode once for those that share it, the others once a rendition.',
      labelNames: ['stage'],
      buckets: WORK_BUCKETS,
      registers,
    }),
  };
}
