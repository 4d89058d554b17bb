import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { CommandError } from '../../../scripts/command-line.ts';
import { Endpoint } from '../../../scripts/smoke/endpoint.ts';
import { ConnectionLost, exchange } from '../../../scripts/upload/http-exchange.ts';
import { rejectionOf } from '../../support/rejection.ts';

const LIMITS = { totalMs: 300, bytes: 1_000_000 };

/** Answers with an endless body, as fast as it is read. */
function flood(response: ServerResponse): void {
  const piece = Buffer.alloc(64 * 1024, ' ');
  const more = () => {
    while (!response.destroyed && response.write(piece));
    response.once('drain', more);
  };
  more();
}

/** Answers with a byte now and then, so that it is never silent for long. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 50);
  response.once('close', () => clearInterval(timer));
}

describe('a request of the smoke test', () => {
  async function withServer(listener: RequestListener, use: (url: string) => Promise<unknown>): Promise<void> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  const ask = (url: string, limits = LIMITS) => exchange(new URL(url), { method: 'GET', limits });

  const ENDLESS: Record<string, RequestListener> = {
    'whose answer never ends': (_, response) => drip(response),
    'whose answer never begins': () => undefined,
    'that is told to continue, and no more': (_, response) => response.writeContinue(),
    'whose headers are followed by nothing': (_, response) =>
      void response.writeHead(200, { 'content-length': 9 }).flushHeaders(),
  };
  for (const [title, listener] of Object.entries(ENDLESS))
    it(`${title} fails after its time, and may be tried again`, () =>
      withServer(listener, async (url) => {
        const begin = performance.now();
        const error = await rejectionOf(ask(url));
        expect(error).to.be.instanceOf(ConnectionLost);
        expect((error as Error).message).to.match(/does not answer: not whole within 0\.3 s$/);
        expect(performance.now() - begin).to.be.at.least(250);
      }));

  it('whose answer is too large fails at once and once, and reads no more', async () => {
    let requests = 0;
    let sent: ServerResponse | undefined;
    const listener: RequestListener = (_, response) => {
      requests += 1;
      sent = response;
      flood(response);
    };
    await withServer(listener, async (url) => {
      const limits = { totalMs: 20_000, bytes: 1_000_000 };
      const error = await rejectionOf(new Endpoint(url, { limits }).ask('GET', '/'));
      expect(error).to.be.instanceOf(CommandError);
      expect((error as Error).message).to.match(/^The answer is larger than 1000000 bytes/);
      expect(requests).to.equal(1);
      expect(sent?.socket?.bytesWritten ?? 0).to.be.lessThan(100_000_000);
    });
  });

  it('may have an answer of exactly its size, and ends its timer', async () => {
    await withServer(
      (_, response) => void response.end(Buffer.alloc(LIMITS.bytes)),
      async (url) => {
        // The time is not what is tested here, so it is more than a busy machine needs.
        const { body } = await ask(url, { ...LIMITS, totalMs: 20_000 });
        expect(body.length).to.equal(LIMITS.bytes);
      },
    );
  });
});
