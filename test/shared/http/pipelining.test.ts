import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { answerClientErrors } from '../../../shared/http/client-error-answers.ts';
import { queuePipelined } from '../../../shared/http/pipelining.ts';
import { eventually } from '../../support/eventually.ts';
import { connectionsTo } from '../../support/http/connections.ts';
import { openSocket, send } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';

const WAITING = 3;
const get = (path: number | string) => `GET /${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const gets = (count: number) => Array.from({ length: count }, (_, index) => get(index)).join('');

describe('Pipelined requests of one connection', () => {
  /** Requests in progress, which the test answers. */
  let open: { request: IncomingMessage; response: ServerResponse }[];
  let seen: string[];
  let most: number;
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    open.push({ request, response });
    most = Math.max(most, open.length);
  });
  answerClientErrors(server);
  queuePipelined(server, { waiting: WAITING, overflowMs: 300 });
  let url: string;
  let socket: Socket;
  let text: string;
  before(async () => {
    url = await listen(server);
  });
  after(() => end(server));
  beforeEach(async () => {
    open = [];
    seen = [];
    most = 0;
    text = '';
    socket = await openSocket(url);
    socket.setEncoding('latin1').on('data', (more) => {
      text += more;
    });
  });
  afterEach(() => socket.destroy());

  /** Resolves when the connection ends. A reset counts too: the system sends one if not everything has been read. */
  const closed = () =>
    new Promise<void>((resolve) => {
      socket.once('close', () => resolve()).on('error', () => undefined);
    });

  const answerNext = async () => {
    const { request, response } = await eventually('a request is handed over', () => open.shift());
    response.end(`<${request.url}>`);
    await once(response, 'close');
  };
  const answered = () => [...text.matchAll(/<(\/\w+)>/g)].map(([, path]) => path);

  it('end with one that asks for an upgrade: bytes after it are not requests, in one piece or in two', async () => {
    socket.write(`${get('upgrading').trimEnd()}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`);
    socket.write('POST /behind HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200\r\n\r\n');
    await eventually('the first is handed over', () => open.length === 1);
    const isClosed = closed();
    socket.write(get('body-of-the-second'));
    await answerNext();
    await isClosed;
    expect(seen).to.deep.equal(['GET /upgrading']);
    expect(text).to.match(/connection: close/i);
  });

  it('are handled one at a time, in their order', async () => {
    socket.write(gets(WAITING + 1));
    for (let count = 0; count <= WAITING; count += 1) await answerNext();
    await eventually('all are answered', () => answered().length === WAITING + 1);
    expect(answered()).to.deep.equal(['/0', '/1', '/2', '/3']);
    expect(most).to.equal(1);
  });

  it('are handled without a limit if those before are answered', async () => {
    for (let round = 0; round < 20; round += 1) {
      socket.write(gets(WAITING));
      for (let count = 0; count < WAITING; count += 1) await answerNext();
    }
    await eventually('all are answered', () => answered().length === 20 * WAITING);
    expect(text).to.not.match(/connection: close/i);
  });

  it('may have bodies, which arrive completely', async () => {
    const post = (path: string) => `POST /${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n`;
    socket.write(`${post('a')}${'a'.repeat(200_000)}${post('b')}${'b'.repeat(200_000)}${get('c')}`);
    for (const letter of ['a', 'b']) {
      const { request, response } = await eventually('a request is handed over', () => open.shift());
      let body = '';
      for await (const chunk of request) body += chunk;
      expect(body).to.equal(letter.repeat(200_000));
      response.end(`<${request.url}>`);
    }
    await answerNext();
    await eventually('all are answered', () => answered().join() === '/a,/b,/c');
  });

  it('are not handled beyond the limit, and the last response closes the connection', async () => {
    socket.write(gets(5000));
    for (let count = 0; count <= WAITING; count += 1) await answerNext();
    await closed();
    expect(answered()).to.deep.equal(['/0', '/1', '/2', '/3']);
    expect(text.match(/connection: close/gi)).to.have.length(1);
    expect(text.indexOf('onnection: close')).to.be.above(text.indexOf('/2'));
    await sleep(20);
    expect(seen).to.have.length(WAITING + 1);
  });

  it('end with their connection if too many wait and no responses follow', async () => {
    socket.write(gets(WAITING + 2));
    await closed();
    expect(seen).to.deep.equal(['GET /0']);
    await eventually('the server has no connection', async () => (await connectionsTo(server)) === 0);
  });

  it('are not read while others wait, however many a client sends', async () => {
    socket.write(gets(WAITING + 1));
    await eventually('the first is handed over', () => open.length === 1);
    const more = gets(10_000);
    for (let count = 0; count < 100; count += 1) socket.write(more);
    await sleep(100);
    const { request } = open[0] ?? expect.fail('the first is gone');
    // The server has read one chunk, and not the forty megabytes of the client.
    expect(request.socket.bytesRead).to.be.below(100_000);
    expect(socket.writableLength).to.be.above(1e6);
    expect(seen).to.deep.equal(['GET /0']);
  });

  it('are never handled if their client disconnects while they wait', async () => {
    socket.write(gets(WAITING));
    const { response } = await eventually('the first is handed over', () => open[0]);
    socket.resetAndDestroy();
    response.write('x'.repeat(1e6));
    await once(response, 'close');
    await sleep(20);
    expect(seen).to.deep.equal(['GET /0']);
  });

  it('are refused after the responses to those before if they cannot be parsed', async () => {
    socket.write(`${get('a')}${get('b')}odd\r\n\r\n`);
    await eventually('the first is handed over', () => open.length === 1);
    expect(text).to.equal('');
    await answerNext();
    await answerNext();
    await closed();
    expect(text.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(answered().slice(0, 2)).to.deep.equal(['/a', '/b']);
    expect(text).to.match(/malformed_request/);
  });

  it('are refused in their order if their body cannot be parsed', async () => {
    socket.write(get('a'));
    socket.write('POST /b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nodd\r\n');
    await answerNext();
    await closed();
    expect(text.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(seen).to.deep.equal(['GET /a']);
  });

  it('get no refusal in the middle of a response', async () => {
    socket.write('POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n');
    const { response } = await eventually('a request is handed over', () => open[0]);
    response.writeHead(200, { 'content-length': 100 }).write('half');
    await eventually('the answer has begun', () => text.endsWith('half'));
    socket.write('odd\r\n');
    await closed();
    expect(text).to.match(/half$/);
  });

  it('do not delay those of another connection', async () => {
    socket.write(gets(WAITING));
    await eventually('the first is handed over', () => open.length === 1);
    const other = send(url, { path: '/other' });
    const { response } = await eventually('the other is handed over', () =>
      open.find(({ request }) => request.url === '/other'),
    );
    response.end('here');
    expect((await other).body.toString()).to.equal('here');
  });
});
