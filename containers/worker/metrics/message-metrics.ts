import type { Environment } from '../../../shared/contracts/environment.ts';
import { writeRawLine } from '../../../shared/runtime/logger.ts';
import { embeddedMetricLine } from './embedded-metric-format.ts';
import type { MessageMeasurements } from './measurements.ts';
import { openPrometheusMetrics } from './prometheus-metrics.ts';

export interface MessageMetrics {
  /** Counts a message. Never throws; a figure that is no finite number is left out, one below zero counts as zero. */
  record(measurements: MessageMeasurements): void;
  /** All that was counted since the process started, in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Counts messages for Prometheus, which reads them at the worker's port, and, if METRICS is `emf`, also writes a record of each, as one line, from
 * which CloudWatch Logs makes metrics.
 */
export function openMessageMetrics(
  { METRICS }: Pick<Environment, 'METRICS'>,
  write: (line: string) => void = writeRawLine,
): MessageMetrics {
  const prometheus = openPrometheusMetrics();
  return {
    record(measurements) {
      prometheus.count(measurements);
      if (METRICS === 'emf') write(embeddedMetricLine(measurements));
    },
    text: () => prometheus.text(),
    contentType: prometheus.contentType,
  };
}
