import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { createGateway, type Targets } from '../../scripts/gateway.ts';
import { eventually } from '../support/eventually.ts';
import { connectionsTo } from '../support/http/connections.ts';
import { openSocket } from '../support/http/http-client.ts';
import { end, listen } from '../support/http/plain-servers.ts';
import { type LogLine, logInto } from '../support/services/services.ts';

const HOST = 'Host: localhost\r\n';
const GET = `GET /v1/limits HTTP/1.1\r\n${HOST}\r\n`;
const POST = `POST /v1/images HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\n`;

describe('The gateway, whose clients reset connections,', () => {
  const logs: LogLine[] = [];
  const targets: Targets = {};
  const gateway = createGateway(targets, { logger: logInto(logs, 'gateway') });
  const service = createServer(async (request, response) => {
    response.on('error', () => undefined);
    const body = await buffer(request).catch(() => Buffer.alloc(0));
    response.end(request.method === 'GET' ? Buffer.alloc(500_000) : `${body.length} bytes came`);
  });
  service.setMaxListeners(0);
  let url: string;
  before(async () => {
    url = await listen(gateway);
    targets.download = await listen(service);
    targets['sync-upload'] = targets.download;
  });
  after(async () => {
    await end(gateway);
    await end(service);
  });

  /** What each client does before it resets its connection. */
  const moments: Record<string, (socket: Socket) => unknown> = {
    'before the head': () => undefined,
    'in the head': (socket) => socket.write('GET /v1/limits HTTP/1.1\r\nHost: loc'),
    'right after the head': (socket) => socket.write(GET),
    'right after a head that goes to no service': (socket) => socket.write(`GET /none HTTP/1.1\r\n${HOST}\r\n`),
    'right after a head that cannot be read': (socket) => socket.write('GET\r\n\r\n'),
    'right after two heads': (socket) => socket.write(GET + GET),
    'when the service has the head': async (socket) => {
      const seen = once(service, 'request');
      socket.write(GET);
      await seen;
    },
    'in the body': (socket) => socket.write(`${POST}half`),
    'in the body, when the service has the head': async (socket) => {
      const seen = once(service, 'request');
      socket.write(`${POST}half`);
      await seen;
    },
    'in the answer': async (socket) => {
      socket.write(GET);
      await once(socket, 'data');
    },
  };
  for (const [moment, prepare] of Object.entries(moments)) {
    it(`serves the other clients after a reset ${moment}`, async () => {
      const uploading = await openSocket(url);
      uploading.write(`POST /v1/images HTTP/1.1\r\n${HOST}Content-Length: 8\r\nConnection: close\r\n\r\nhalf`);
      for (let round = 0; round < 10; round += 1) {
        const sockets = await Promise.all(Array.from({ length: 10 }, () => openSocket(url)));
        await Promise.all(
          sockets.map(async (socket) => {
            await prepare(socket);
            socket.resetAndDestroy();
          }),
        );
      }
      uploading.write('half');
      expect((await buffer(uploading)).toString()).to.match(/^HTTP\/1\.1 200 .*8 bytes came/s);
      await eventually('all connections are gone', async () => (await connectionsTo(gateway)) === 0);
      expect(logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
    });
  }
});
