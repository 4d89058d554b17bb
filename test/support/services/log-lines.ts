import { type Logger, pino } from 'pino';

/** A logger with readable lines. */
export function readableLogger(): {
  logger: Logger;
  lines: { level: string; msg: string; err?: { message: string } }[];
} {
  const lines: ReturnType<typeof readableLogger>['lines'] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const logger = pino({ level: 'debug', formatters }, { write: (line) => lines.push(JSON.parse(line)) });
  return { logger, lines };
}
