import { createReadStream } from 'node:fs';
import { CommandError } from '../../../command-line.ts';

/** The most characters of a line. Logs Insights exports up to 10,000 records as one line of JSON, which are some 15 million. */
const MOST_LINE_LENGTH = 64 * 1024 * 1024;

/**
 * Reads a text file of any size line by line. node:readline would hold a line without an end until the process has no memory left, and its
 * iterator does not tell of a file that cannot be read.
 */
export async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const [first, ...others]: string[] = chunk.split('\n');
      rest += first;
      if (rest.length > MOST_LINE_LENGTH) throw tooLong(path);
      for (const line of others) {
        yield rest;
        rest = line;
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError(`The metrics in ${path} cannot be read (${code}). Name a file by --from-metrics.`);
  }
  if (rest !== '') yield rest;
}

const tooLong = (path: string): CommandError =>
  new CommandError(
    `${path} has a line of more than ${MOST_LINE_LENGTH.toLocaleString('en')} characters. Export the log with one event a line.`,
  );
