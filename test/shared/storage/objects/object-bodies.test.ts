import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { LengthError, sendBody } from '../../../../shared/storage/objects/object-bodies.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf, brokenBody, KiB } from '../../../support/storage/bodies.ts';

const GONE = new Error('the sender is gone');
const BYTES = Buffer.alloc(300 * KiB, 'sent');

/** A request that reads its body to the end, as S3 does, unless it is aborted; it keeps what it has read. */
function request() {
  const read: Buffer[] = [];
  const send = (body: Readable, signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      body.on('error', () => reject(new Error('the body that was given to it failed')));
      body.on('data', (chunk: Buffer) => read.push(chunk));
      body.on('end', () => resolve('taken'));
    });
  return { send, read: () => Buffer.concat(read) };
}

describe('sendBody', () => {
  for (const [told, contentLength] of [
    ['of unknown length', undefined],
    ['of known length', BYTES.length],
  ] as const) {
    it(`sends a body ${told} whole, and returns the answer`, async () => {
      const { send, read } = request();
      expect(await sendBody(bodyOf(BYTES), send, contentLength)).to.equal('taken');
      expect(read().equals(BYTES)).to.equal(true);
    });

    for (const [how, breakOff] of [
      ['fails', (body: Readable) => void body.destroy(GONE)],
      ['is destroyed', (body: Readable) => void body.destroy()],
    ] as const) {
      for (const [when, bytes] of [
        ['at once', Buffer.alloc(0)],
        ['on its way', BYTES.subarray(1)],
        ['behind its last byte', BYTES],
      ] as const) {
        it(`aborts the request, which sees no end, when a body ${told} ${how} ${when}`, async () => {
          const { send } = request();
          const error = await rejectionOf(sendBody(brokenBody(bytes, breakOff), send, contentLength));
          if (how === 'fails') expect(error).to.equal(GONE);
          else expect(error).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE');
        });
      }
    }

    it(`aborts the request for a body ${told} that has already failed`, async () => {
      const body = new Readable({ read() {} }).on('error', () => undefined);
      body.destroy(GONE);
      await turn();
      expect(await rejectionOf(sendBody(body, request().send, contentLength))).to.equal(GONE);
    });

    it(`destroys a body ${told} when the request fails`, async () => {
      const body = brokenBody(BYTES, () => undefined);
      const refused = new Error('refused');
      const error = await rejectionOf(sendBody(body, () => Promise.reject(refused), contentLength));
      expect(error).to.equal(refused);
      expect(body.destroyed).to.equal(true);
    });
  }

  it('sends an empty body', async () => {
    const { send, read } = request();
    expect(await sendBody(bodyOf(Buffer.alloc(0)), send, 0)).to.equal('taken');
    expect(read()).to.have.length(0);
  });

  it('sends a body of many small pieces whole, empty ones included', async () => {
    const pieces = ['a', '', 'b', 'c', ''].map((piece) => Buffer.from(piece));
    const body = Readable.from(pieces);
    expect((await sendBody(body, (sent) => buffer(sent), 3)).toString()).to.equal('abc');
  });

  for (const [lie, contentLength] of [
    ['one more', BYTES.length + 1],
    ['twice as many', BYTES.length * 2],
    ['one fewer', BYTES.length - 1],
    ['half as many', BYTES.length / 2],
    ['as many as its first piece', 64 * KiB],
  ] as const) {
    it(`refuses a body that was declared to have ${lie}, before that many bytes are sent`, async () => {
      const body = bodyOf(BYTES);
      const { send, read } = request();
      expect(await rejectionOf(sendBody(body, send, contentLength))).to.be.instanceOf(LengthError);
      expect(read().length).to.be.below(contentLength);
      expect(body.destroyed).to.equal(true);
    });
  }

  it('survives that the sender destroys the stream with an error while nobody reads', async () => {
    const send = (given: Readable, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          given.destroy(signal.reason);
          reject(new Error('aborted'));
        });
      });
    const body = brokenBody(BYTES.subarray(0, 10), (broken) => broken.destroy(GONE));
    expect(await rejectionOf(sendBody(body, send))).to.equal(GONE);
    // What nobody hears ends the process, and here the test, a turn later.
    await turn();
  });

  it('refuses a body that exceeds the declared length without waiting for its end', async () => {
    const body = brokenBody(BYTES, () => undefined);
    expect(await rejectionOf(sendBody(body, request().send, 64 * KiB))).to.be.instanceOf(LengthError);
    expect(body.destroyed).to.equal(true);
  });
});
