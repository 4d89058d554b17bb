import { Metrics } from '@aws-lambda-powertools/metrics';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { MESSAGE_METRICS, METRIC_NAMES, samplesOf } from './cloudwatch-metrics.ts';
import type { MessageMeasurements } from './measurements.ts';

const NAMESPACE = 'ImageService';
const SERVICE: ServiceName = 'worker';

/** The format allows one more in an event, but at the hundredth value of a metric the library writes the line by itself. */
const MOST_VALUES = 99;

/** More digits of a millisecond are noise, and every byte of a log is paid for. A message costs a small part of a cent. */
const toTenths = (key: string, value: unknown): unknown =>
  typeof value === 'number' && key !== 'usd' ? Math.round(value * 10) / 10 : value;

/**
 * A message as one line of the CloudWatch embedded metric format, without its newline. `service` is the only dimension: each
 * combination of dimensions' values is a metric that is billed, and ids would make one of every message
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html). The ids that distinguish messages and
 * renditions stand beside the metrics, where CloudWatch Logs Insights finds it.
 */
export function embeddedMetricLine(measurements: MessageMeasurements): string {
  // Each message has an instance of its own, so that messages worked on at the same time do not mix.
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: SERVICE });
  for (const name of METRIC_NAMES) {
    for (const value of samplesOf(name, measurements).slice(0, MOST_VALUES)) {
      metrics.addMetric(name, MESSAGE_METRICS[name].unit, value);
    }
  }
  const { imageId, requestId, receiveCount, outcome, code, requests, usd, priced, renditions } = measurements;
  // The library's own publishing would go past the log's stream, into whose lines it may fall when the reader is slow.
  const ids = { imageId, requestId, receiveCount, outcome, code };
  return JSON.stringify({ ...metrics.serializeMetrics(), ...ids, requests, usd, priced, renditions }, toTenths);
}
