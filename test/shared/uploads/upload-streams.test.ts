import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { UploadStreams } from '../../../shared/uploads/upload-streams.ts';
import { rejectionOf } from '../../support/rejection.ts';

const WRONG = new Error('the upload is wrong');

/** What a request is to those who read it. */
const requestOf = (...pieces: string[]) => Readable.from(pieces, { objectMode: false }) as IncomingMessage;

const turns = async () => {
  for (let count = 0; count < 5; count += 1) await turn();
};

/** What would have ended the process, were mocha not there. */
async function uncaughtDuring(work: () => Promise<void>): Promise<unknown[]> {
  const event = 'uncaughtException';
  const caught: unknown[] = [];
  const others = process.listeners(event);
  const listen = (error: unknown) => void caught.push(error);
  process.removeAllListeners(event).on(event, listen);
  try {
    await work();
    await turns();
  } finally {
    process.off(event, listen);
    for (const other of others) process.on(event, other as never);
  }
  return caught;
}

describe('UploadStreams', () => {
  it('bring what the client sends, in order', async () => {
    const streams = new UploadStreams(requestOf('a', 'b'));
    const last = streams.connect(streams.open(new PassThrough()), new PassThrough());
    expect((await buffer(last)).toString()).to.equal('ab');
  });

  it('all end with the first error of any of them, and pass it to every reader and everybody who waits', async () => {
    for (const failing of [0, 1, 2]) {
      const streams = new UploadStreams(requestOf('a'));
      const first = streams.open(new PassThrough());
      const second = streams.connect(first, new PassThrough());
      const third = streams.connect(second, new PassThrough());
      const { promise } = streams.promise<string>();
      const read = buffer(third).catch((error: unknown) => error);
      [first, second, third][failing]?.destroy(WRONG);
      expect([await read, await rejectionOf(promise)]).to.deep.equal([WRONG, WRONG]);
      expect([first, second, third].map(({ destroyed }) => destroyed)).to.deep.equal([true, true, true]);
    }
  });

  it('end no process, however late they fail and whoever has stopped listening', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const streams = new UploadStreams(requestOf('a'));
      const unread = streams.open(new PassThrough());
      const written = streams.connect(unread, new PassThrough());
      streams.promise();
      await turns();
      streams.end(WRONG);
      await turns();
      for (const stream of [unread, written]) stream.emit('error', new Error('and again'));
      streams.own(new PassThrough());
      streams.promise();
    });
    expect(uncaught).to.deep.equal([]);
  });

  it('take over a stream that is made after they have ended, and end it with the same reason', async () => {
    const streams = new UploadStreams(requestOf('a'));
    streams.end(WRONG);
    streams.end(new Error('later'));
    const late = streams.connect(streams.open(new PassThrough()), new PassThrough());
    expect(await rejectionOf(buffer(late))).to.equal(WRONG);
    expect(await rejectionOf(streams.promise().promise)).to.equal(WRONG);
  });

  it('translate an error of a stream by the explanation that was given with it', async () => {
    const streams = new UploadStreams(requestOf('a'));
    const { promise } = streams.promise();
    const parser = streams.own(new PassThrough(), ({ message }) => new Error(`explained: ${message}`));
    parser.destroy(WRONG);
    expect(await rejectionOf(promise)).to.have.property('message', `explained: ${WRONG.message}`);
  });

  it('drop what still comes once they have ended', async () => {
    const request = requestOf(...Array.from({ length: 100 }, () => 'x'.repeat(10_000)));
    const streams = new UploadStreams(request);
    streams.open(new PassThrough());
    await turns();
    expect(request.readableEnded).to.equal(false);
    streams.end(WRONG);
    await new Promise((resolve) => request.once('end', resolve));
  });

  it('end with incomplete_body when the connection closes, also if it closed before they were opened', async () => {
    for (const isEarly of [true, false]) {
      const request = new Readable({ read: () => undefined }) as IncomingMessage;
      if (isEarly) request.destroy();
      const streams = new UploadStreams(request);
      const read = rejectionOf(buffer(streams.open(new PassThrough())));
      if (!isEarly) request.destroy();
      expect(await read).to.have.property('code', 'incomplete_body');
    }
  });

  it('end with the error of the work that is done on them', async () => {
    const streams = new UploadStreams(requestOf('a'));
    const first = streams.open(new PassThrough());
    expect(await rejectionOf(streams.during(() => Promise.reject(WRONG)))).to.equal(WRONG);
    expect(first.destroyed).to.equal(true);
  });
});
