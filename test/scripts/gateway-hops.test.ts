import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect } from 'chai';
import { createGateway } from '../../scripts/gateway.ts';
import { ALL_METHODS } from '../../shared/contracts/api/routes.ts';
import { jsonOf, send, sendBytes } from '../support/http/http-client.ts';
import { end, listen } from '../support/http/plain-servers.ts';

/** The duties of a gateway to both of its sides: RFC 9110, 7.6 and RFC 9112, 3.2.2, 6.1 and 9.3. */
describe('The gateway, between two connections,', () => {
  const echo = (request: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers }));
  };
  let handle = echo;
  const service = createServer((request, response) => handle(request, response));
  let gateway: ReturnType<typeof createGateway>;
  let url: string;
  before(async () => {
    gateway = createGateway({ download: await listen(service) });
    url = await listen(gateway);
  });
  beforeEach(() => {
    handle = echo;
  });
  after(async () => {
    await end(gateway);
    await end(service);
  });

  const head = (...lines: string[]) => [...lines, '', ''].join('\r\n');

  it('removes request headers that Connection names', async () => {
    const answer = await send(url, {
      path: '/docs',
      headers: { connection: 'x-own, X-Other,keep-alive', 'x-own': '1', 'x-other': '2', 'x-passed': '3' },
    });
    const { headers } = jsonOf(answer);
    expect(headers).to.include({ 'x-passed': '3' });
    expect(headers).to.not.have.any.keys('x-own', 'x-other', 'keep-alive');
  });

  it('keeps Host and the headers of framing, even if Connection names them', async () => {
    const answer = await send(url, {
      path: '/docs',
      headers: { host: 'localhost', connection: 'host, content-length', 'content-length': '0' },
    });
    expect(jsonOf(answer).headers).to.include({ host: 'localhost', 'content-length': '0' });
  });

  it('removes response headers that Connection names', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { connection: 'x-own, keep-alive', 'x-own': '1', 'x-passed': '2' }).end();
    };
    const { headers } = await send(url, { path: '/docs' });
    expect(headers).to.include({ 'x-passed': '2' });
    expect(headers).to.not.have.property('x-own');
  });

  it('decrements Max-Forwards, and answers itself at 0', async () => {
    const ask = (hops: string, method = 'OPTIONS') =>
      send(url, { method, path: '/docs', headers: { 'max-forwards': hops } });
    expect(jsonOf(await ask('3')).headers).to.include({ 'max-forwards': '2' });
    const last = await ask('0');
    expect([last.status, last.headers.allow]).to.deep.equal([204, ALL_METHODS.join(', ')]);
    expect(jsonOf(await ask('odd')).headers).to.include({ 'max-forwards': 'odd' });
    expect(jsonOf(await ask('0', 'GET')).headers).to.include({ 'max-forwards': '0' });
  });

  it('appends itself and the HTTP version to Via', async () => {
    expect(jsonOf(await send(url, { path: '/docs' })).headers.via).to.equal('1.1 gateway');
    const passed = await send(url, { path: '/docs', headers: { via: '1.0 other' } });
    expect(jsonOf(passed).headers.via).to.equal('1.0 other, 1.1 gateway');
  });

  it('routes an absolute URL by its path, and passes its authority on as Host', async () => {
    for (const [target, path] of [
      ['http://localhost/docs?a=1', '/docs?a=1'],
      ['HTTP://localhost/v1/images', '/v1/images'],
    ] as const) {
      const answer = await sendBytes(
        url,
        head(`GET ${target} HTTP/1.1`, 'Host: example.org', 'Accept: text/html', 'Connection: close'),
      );
      expect(
        JSON.parse(
          answer.body
            .toString()
            .replace(/^[^{]*/, '')
            .replace(/[^}]*$/, ''),
        ),
      ).to.deep.include({
        url: path,
        method: 'GET',
      });
      expect(answer.body.toString()).to.include('"host":"localhost"').and.not.include('example.org');
    }
  });

  it('answers HTTP/1.0 without chunks, however the service answers, and then closes the connection', async () => {
    handle = (_request, response) => {
      response.write('of a length ');
      setImmediate(() => response.end('that nobody knows'));
    };
    const { headers, body } = await sendBytes(url, head('GET /docs HTTP/1.0'));
    expect(headers).to.not.have.property('transfer-encoding');
    expect(headers.connection).to.equal('close');
    expect(body.toString()).to.equal('of a length that nobody knows');
  });

  it('keeps the connection of an HTTP/1.0 client that asks for it, where the length is known', async () => {
    handle = (_request, response) => void response.writeHead(200, { 'content-length': 2 }).end('ab');
    const one = head('GET /docs HTTP/1.0', 'Connection: keep-alive');
    const { body } = await sendBytes(url, one + head('GET /docs HTTP/1.0'));
    expect(body.toString()).to.match(/^abHTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nab$/);
  });

  it('sends no 100 Continue to HTTP/1.0, and does not request one of the service', async () => {
    const { status, body } = await sendBytes(
      url,
      `${head('GET /docs HTTP/1.0', 'Expect: 100-continue', 'Content-Length: 2')}ab`,
    );
    expect(status).to.equal(200);
    expect(JSON.parse(body.toString()).headers).to.not.have.property('expect');
  });

  it('answers OPTIONS * itself', async () => {
    const { status, headers } = await send(url, { method: 'OPTIONS', path: '*' });
    expect(status).to.equal(204);
    expect(headers.allow).to.include('OPTIONS').and.include('HEAD');
  });
});
