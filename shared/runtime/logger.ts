import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Environment } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';
import { hasCode } from '../domain/errors.ts';

export type { Logger };

/**
 * The only stream to standard output. A second stream would write into the middle of this one's lines when the reader is slow, and
 * `process.stdout` loses its buffer when the process exits.
 */
export const output = pino.destination(1);

/** One JSON object a line on standard output, each with the service's name. */
export const createLogger = (service: ServiceName, { LOG_LEVEL }: Pick<Environment, 'LOG_LEVEL'>): Logger =>
  createLoggerTo(output, service, LOG_LEVEL);

/** Creates a logger to another stream, or for a program that is not a service. */
export const createLoggerTo = (stream: DestinationStream, service: string, level: string): Logger =>
  pino({ level, base: { service }, timestamp: stdTimeFunctions.isoTime, serializers: { err: describeError } }, stream);

/** An error with its chain of causes, each once. */
function chainOf(error: unknown): Error[] {
  const chain = new Set<Error>();
  for (let each = error; each instanceof Error && !chain.has(each); each = each.cause) chain.add(each);
  return [...chain];
}

/**
 * An unavailable dependency causes many errors while it lasts. Their messages say everything and their stacks nothing, so the stacks are left out.
 * All other errors are logged with their stacks.
 */
function describeError(error: Error): object {
  const known = chainOf(error).find((each) => hasCode(each, 'service_unavailable'));
  if (!known) return pino.stdSerializers.err(error);
  const messages = chainOf(error).map(({ message }) => message);
  return { type: error.name, code: 'service_unavailable', message: [...new Set(messages)].join(': ') };
}

/** Writes a line of another format between the lines of the log. Takes it without its newline. */
export const writeRawLine = (line: string): void => void output.write(`${line}\n`);
