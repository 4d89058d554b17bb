import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Environment } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';

export type { Logger };

/**
 * The one way to standard output: a second stream to it puts its lines into the middle of this one's when the reader is slow, and
 * `process.stdout` loses what it holds back when the process exits.
 */
export const output = pino.destination(1);

/** One JSON object a line on standard output, each with the service's name. */
export const createLogger = (service: ServiceName, { LOG_LEVEL }: Pick<Environment, 'LOG_LEVEL'>): Logger =>
  loggerTo(output, service, LOG_LEVEL);

/** The same to another stream, or of a program that is no service. */
export const loggerTo = (stream: DestinationStream, service: string, level: string): Logger =>
  pino({ level, base: { service }, timestamp: stdTimeFunctions.isoTime }, stream);

/** Writes a line of another format between the lines of the log. Takes it without its newline. */
export const writeLine = (line: string): void => void output.write(`${line}\n`);
