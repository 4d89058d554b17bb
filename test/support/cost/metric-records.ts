import { embeddedMetricLine } from '../../../containers/worker/metrics/embedded-metric-format.ts';
import type { MessageMeasurements } from '../../../containers/worker/metrics/measurements.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { messageMeasurements } from '../measurements.ts';

/** A log line that a worker writes for a message of an image of its own, with another time. */
export function metricLine(at: number | string, changes: Partial<MessageMeasurements> = {}): string {
  const record = JSON.parse(embeddedMetricLine(messageMeasurements({ imageId: createImageId(), ...changes })));
  record._aws.Timestamp = typeof at === 'string' ? Date.parse(at) : at;
  return JSON.stringify(record);
}

/** The line with other fields of its renditions, such as processor time, or without those that are undefined. */
export function withRenditions(line: string, changes: object): string {
  const record = JSON.parse(line);
  return JSON.stringify({ ...record, renditions: record.renditions.map((each: object) => ({ ...each, ...changes })) });
}
