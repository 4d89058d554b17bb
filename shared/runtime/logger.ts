import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Environment } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';
import { hasCode } from '../domain/errors.ts';

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
  pino({ level, base: { service }, timestamp: stdTimeFunctions.isoTime, serializers: { err: describeError } }, stream);

/** An error and what caused it, and what caused that; each once. */
function chainOf(error: unknown): Error[] {
  const chain = new Set<Error>();
  for (let each = error; each instanceof Error && !chain.has(each); each = each.cause) chain.add(each);
  return [...chain];
}

/**
 * What cannot be helped here, a dependency that does not answer first of all, comes in numbers while it lasts: its sentences tell all of it, and where
 * the program noticed it nothing. Of everything else the stack is told too.
 */
function describeError(error: Error): object {
  const known = chainOf(error).find((each) => hasCode(each, 'service_unavailable'));
  if (!known) return pino.stdSerializers.err(error);
  const messages = chainOf(error).map(({ message }) => message);
  return { type: error.name, code: 'service_unavailable', message: [...new Set(messages)].join(': ') };
}

/** Writes a line of another format between the lines of the log. Takes it without its newline. */
export const writeLine = (line: string): void => void output.write(`${line}\n`);
