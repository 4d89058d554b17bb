import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { LengthError } from '../../../shared/storage/measured-body.ts';
import { sendBody } from '../../../shared/storage/sent-body.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { bodyOf, brokenBody, KiB } from '../../support/storage/bodies.ts';

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

describe('a body that is sent', () => {
  for (const [told, contentLength] of [
    ['of unknown length', undefined],
    ['of known length', BYTES.length],
  ] as const) {
    it(`${told} arrives whole, and the answer comes back`, async () => {
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
        it(`${told} that ${how} ${when} aborts its request, which sees no end`, async () => {
          const { send } = request();
          const error = await rejectionOf(sendBody(brokenBody(bytes, breakOff), send, contentLength));
          if (how === 'fails') expect(error).to.equal(GONE);
          else expect(error).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE');
        });
      }
    }

    it(`${told} that has failed before aborts its request`, async () => {
      const body = new Readable({ read() {} }).on('error', () => undefined);
      body.destroy(GONE);
      await turn();
      expect(await rejectionOf(sendBody(body, request().send, contentLength))).to.equal(GONE);
    });

    it(`${told} is destroyed when its request fails`, async () => {
      const body = brokenBody(BYTES, () => undefined);
      const refused = new Error('refused');
      const error = await rejectionOf(sendBody(body, () => Promise.reject(refused), contentLength));
      expect(error).to.equal(refused);
      expect(body.destroyed).to.equal(true);
    });
  }

  it('of no bytes arrives', async () => {
    const { send, read } = request();
    expect(await sendBody(bodyOf(Buffer.alloc(0)), send, 0)).to.equal('taken');
    expect(read()).to.have.length(0);
  });

  it('of many small pieces arrives whole, empty ones among them', async () => {
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
    it(`is refused when it was told to have ${lie}, and its request never has so many`, async () => {
      const body = bodyOf(BYTES);
      const { send, read } = request();
      expect(await rejectionOf(sendBody(body, send, contentLength))).to.be.instanceOf(LengthError);
      expect(read().length).to.be.below(contentLength);
      expect(body.destroyed).to.equal(true);
    });
  }

  it('may be ended with its error by whoever sends it, while nobody reads', async () => {
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

  it('is refused when it goes on behind the length that was told, without waiting for its end', async () => {
    const body = brokenBody(BYTES, () => undefined);
    expect(await rejectionOf(sendBody(body, request().send, 64 * KiB))).to.be.instanceOf(LengthError);
    expect(body.destroyed).to.equal(true);
  });
});
