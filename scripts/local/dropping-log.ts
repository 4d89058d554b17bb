import { Writable } from 'node:stream';

/** The number of bytes that may wait for a reader. */
const MOST_WAITING = 2 ** 20;

/**
 * Makes sinks for lines, one for each log, that share a stream and never wait for its reader, such as `less` that stands still: lines that come
 * while too much waits are dropped, and their number is told when the reader has caught up.
 */
export function openDroppingLog(out: Writable, mostWaiting = MOST_WAITING): () => Writable {
  let dropped = 0;
  out.on('drain', () => {
    if (dropped > 0) out.write(describeDropped(dropped));
    dropped = 0;
  });
  return () =>
    new Writable({
      decodeStrings: false,
      write(line, _encoding, done) {
        // Once some are missing the others wait for the sentence that says so.
        if (dropped > 0 || out.writableLength > mostWaiting) dropped += 1;
        else out.write(line);
        done();
      },
    });
}

const describeDropped = (dropped: number): string =>
  `${dropped} ${dropped === 1 ? 'line of the log was' : 'lines of the log were'} dropped: nobody read them.\n`;

/** Waits until everything that was written has been read, for at most `mostMs` milliseconds. */
export async function waitUntilFlushed(out: Writable, mostMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, mostMs);
    out.write('', () => resolve());
  });
}
