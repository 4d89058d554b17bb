import { type Logger, pino, stdTimeFunctions } from 'pino';
import type { Environment } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';

export type { Logger };

/** One JSON object a line on standard output, each with the service's name. */
export const createLogger = (service: ServiceName, { LOG_LEVEL }: Pick<Environment, 'LOG_LEVEL'>): Logger =>
  pino({ level: LOG_LEVEL, base: { service }, timestamp: stdTimeFunctions.isoTime });
