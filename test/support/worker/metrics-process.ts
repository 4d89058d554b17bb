import { openMessageMetrics } from '../../../containers/worker/metrics/message-metrics.ts';
import { createLogger } from '../../../shared/runtime/logger.ts';
import { messageMeasurements } from '../measurements.ts';

/** Writes log lines, and between them records of messages in the format in its first argument (METRICS), and exits in the same tick. */
const METRICS = process.argv[2] === 'emf' ? 'emf' : 'off';
const logger = createLogger('worker', { LOG_LEVEL: 'info' });
const metrics = openMessageMetrics({ METRICS });
await metrics.text();
for (const requestId of ['a', 'b', 'c']) {
  logger.info({ requestId }, 'ready');
  metrics.record(messageMeasurements({ requestId }));
}
process.exit(0);
