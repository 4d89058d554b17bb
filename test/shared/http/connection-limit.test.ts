import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { limitConnections } from '../../../shared/http/connection-limit.ts';
import { eventually } from '../../support/eventually.ts';
import { connectionsTo } from '../../support/http/connections.ts';
import { expectProblem, jsonOf, openSocket, send, sendBytes } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { readableLogger } from '../../support/services/log-lines.ts';

const [SERVED, REFUSED] = [4, 3];
const SILENT_MS = 150;

describe('Connections beyond the limit', () => {
  const { logger, lines } = readableLogger();
  let begun = 0;
  const server = createServer((request, response) => {
    begun += 1;
    let bytes = 0;
    request.on('data', (chunk) => {
      bytes += chunk.length;
    });
    request.on('end', () => response.end(JSON.stringify({ bytes })));
  });
  const connections = { served: SERVED, refused: REFUSED };
  limitConnections(server, { connections, lingering: { totalMs: 2000, silentMs: SILENT_MS } }, logger);
  let url: string;
  let held: Socket[];
  before(async () => {
    url = await listen(server);
  });
  after(() => end(server));
  const openSilent = async (count: number) => {
    const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(url)));
    held.push(...sockets);
    return sockets;
  };
  /** Opens a connection in the middle of an upload. */
  const hold = async (count: number) => {
    const before = begun;
    const sockets = await openSilent(count);
    for (const socket of sockets) {
      socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\n01234');
    }
    await eventually('the uploads have begun', () => begun === before + count);
    return sockets;
  };
  beforeEach(() => {
    held = [];
  });
  afterEach(async () => {
    for (const socket of held) socket.destroy();
    await eventually('all connections are closed', async () => (await connectionsTo(server)) === 0);
  });

  it('get 503 with Retry-After, and are closed', async () => {
    await hold(SERVED);
    const answer = await sendBytes(url, 'GET /v1/images HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expectProblem({ ...answer, method: 'GET' }, 'service_unavailable');
    expect(answer.headers).to.include({ 'retry-after': '1', connection: 'close' });
    expect(lines.filter(({ msg }) => /are refused/.test(String(msg)))).to.have.length(1);
  });

  it('get 503 while they send a body, and while they wait for 100 Continue', async () => {
    await hold(SERVED);
    const body = Buffer.alloc(4 * 1024 ** 2);
    expectProblem(await send(url, { method: 'POST', path: '/v1/images', body }), 'service_unavailable');
    const waiting = await sendBytes(
      url,
      'POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
    );
    expectProblem({ ...waiting, method: 'POST' }, 'service_unavailable');
  });

  it('do not affect the connections within it', async () => {
    const [uploading] = await hold(SERVED);
    expect((await send(url, { path: '/' })).status).to.equal(503);
    uploading?.write('56789');
    const [answered] = await once(uploading as Socket, 'data');
    expect(String(answered)).to.match(/^HTTP\/1.1 200 .*\{"bytes":10\}/s);
  });

  it('are served again as soon as one within it has ended', async () => {
    const [first] = await hold(SERVED);
    expect((await send(url, { path: '/' })).status).to.equal(503);
    first?.destroy();
    await eventually('there is room', async () => (await connectionsTo(server)) < SERVED);
    expect((await send(url, { path: '/' })).status).to.equal(200);
  });

  it('are closed if they are silent, so that others can be refused', async () => {
    await hold(SERVED);
    const silent = await openSilent(REFUSED);
    await Promise.all(silent.map((socket) => once(socket.resume(), 'close')));
    expect((await send(url, { path: '/' })).status).to.equal(503);
  });

  it('are closed without an answer beyond the limit of refused ones', async () => {
    await hold(SERVED);
    await openSilent(REFUSED);
    const [one] = await openSilent(1);
    await once((one as Socket).resume(), 'close');
    expect(await connectionsTo(server)).to.be.at.most(SERVED + REFUSED);
  });

  it('get an answer to GET /health', async () => {
    await hold(SERVED);
    expect(jsonOf(await send(url, { path: '/health' }))).to.deep.equal({ bytes: 0 });
  });

  it('take the place of one that is idle', async () => {
    const [asking] = await hold(1);
    const silent = await openSilent(SERVED - 1);
    const closed = Promise.race(silent.map((socket) => once(socket.resume(), 'close')));
    await eventually(
      'one of them has been silent for long',
      async () => (await send(url, { path: '/' })).status === 200,
    );
    await closed;
    asking?.write('56789');
    expect(String((await once(asking as Socket, 'data'))[0])).to.match(/^HTTP\/1.1 200 /);
  });

  it('do not take the place of one that has just been answered', async () => {
    await hold(SERVED - 1);
    const [kept] = await openSilent(1);
    kept?.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(kept as Socket, 'data');
    kept?.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [second] = await once(kept as Socket, 'data');
    expect(String(second)).to.match(/^HTTP\/1.1 200 /);
  });
});
