import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createPlainServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { createGateway, type Targets } from '../../scripts/gateway.ts';
import { routeList } from '../../shared/contracts/api/routes.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { HTTP_LIMITS } from '../../shared/http/http-limits.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem, jsonOf, openSocket, send, sendBytes } from '../support/http/http-client.ts';
import { end, listen } from '../support/http/plain-servers.ts';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { readableLogger } from '../support/services/log-lines.ts';
import { type Services, startServices } from '../support/services/services.ts';

const concrete = (path: string) => path.replaceAll(/\{\w+\}/g, '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c');

describe('The gateway, in front of servers that answer with their names,', () => {
  const targets: Targets = {};
  const { logger, lines } = readableLogger();
  const gateway = createGateway(targets, { logger });
  let handle: (request: IncomingMessage, response: ServerResponse) => void;
  let url: string;
  const servers = SERVICE_NAMES.map((service) => ({
    service,
    server: createServer((request, response) => {
      response.setHeader('service', service);
      handle(request, response);
    }),
  }));
  before(async () => {
    url = await listen(gateway);
    for (const { server, service } of servers) targets[service] = await listen(server);
  });
  after(async () => {
    for (const { server } of [...servers, { server: gateway }]) await end(server);
  });
  beforeEach(() => {
    handle = (request, response) => void response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });

  for (const { service, method, path } of routeList) {
    it(`sends ${method} ${path} to ${service}, query and all`, async () => {
      const answer = await send(url, { method, path: `${concrete(path)}?a=1&b=%20` });
      expect(answer.headers.service).to.equal(service);
      expect(jsonOf(answer).url).to.equal(`${concrete(path)}?a=1&b=%20`);
    });
  }

  it('frames the body of every method, so that no body is taken for a request', async () => {
    const seen: string[] = [];
    handle = (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`);
        response.end();
      });
    };
    const path = `/v1/images/${concrete('{imageId}')}`;
    const hidden = 'DELETE /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';
    for (const method of ['DELETE', 'OPTIONS', 'PATCH']) {
      const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
      await sendBytes(url, `${head}${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`);
    }
    expect(seen).to.deep.equal(['DELETE', 'OPTIONS', 'PATCH'].map((method) => `${method} ${path} ${hidden}`));
  });

  it('routes HEAD like GET, and a wrong method to a service that answers 405', async () => {
    expect((await send(url, { method: 'HEAD', path: '/v1/images' })).headers.service).to.equal('download');
    expect((await send(url, { method: 'PATCH', path: '/v1/images' })).headers.service).to.be.oneOf([
      'download',
      'sync-upload',
    ]);
  });

  for (const path of [
    '/health',
    '/ready',
    '/metrics',
    '/v1',
    '/V1/images',
    '/docs.html',
    '/v1/images2',
    '/nothing?path=/v1/images',
  ]) {
    it(`answers ${path} itself like the load balancer, but with a problem document`, async () => {
      const answer = await send(url, { path });
      expectProblem(answer, 'route_not_found');
      expect(answer.headers).to.not.have.property('service');
    });
  }

  it('gives a request an id unless it has one', async () => {
    expect(jsonOf(await send(url, { path: '/docs' })).headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
    const given = await send(url, { path: '/docs', headers: { 'x-request-id': 'mine' } });
    expect(jsonOf(given).headers['x-request-id']).to.equal('mine');
  });

  const outages: Record<string, [status: number, arrange: () => Promise<unknown>, logged?: RegExp]> = {
    'has no target': [503, async () => delete targets.download],
    'refuses connections': [
      502,
      async () => {
        const server = createServer();
        targets.download = await listen(server);
        await end(server);
      },
      /ECONNREFUSED/,
    ],
    'hangs up without an answer': [
      502,
      async () => (handle = (_request, response) => void response.destroy()),
      /socket hang up/,
    ],
  };
  for (const [name, [status, arrange, logged]] of Object.entries(outages)) {
    it(`answers ${status}${logged ? ', and logs why,' : ''} when a service ${name}`, async () => {
      const { download } = targets;
      await arrange();
      lines.length = 0;
      const answer = await send(url, { path: '/v1/limits' });
      if (download) targets.download = download;
      expect(answer.status, answer.body.toString()).to.equal(status);
      expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
      expect(jsonOf(answer)).to.include({ code: 'service_unavailable', status });
      expect(jsonOf(answer).requestId).to.be.a('string');
      expect(answer.headers['retry-after']).to.match(/^\d+$/);
      expect(lines).to.have.length(logged ? 1 : 0);
      if (!logged) return;
      expect(lines[0]).to.include({ level: 'error', msg: 'a service did not answer', path: '/v1/limits' });
      expect(lines[0]).to.have.property('requestId', jsonOf(answer).requestId);
      expect(lines[0]?.err?.message).to.match(logged);
    });
  }

  for (const [what, head] of Object.entries({
    'an invalid status': 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
    'no HTTP': 'odd\r\n\r\n',
    'an unrequested switch of protocols': 'HTTP/1.1 101 Odd\r\nConnection: upgrade\r\nUpgrade: odd\r\n\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  })) {
    it(`answers 502 when a service answers with ${what}`, async () => {
      const { download } = targets;
      const odd = createPlainServer((socket) => socket.on('error', () => undefined).end(head));
      targets.download = await listen(odd);
      const answer = await send(url, { path: '/v1/limits' });
      if (download) targets.download = download;
      odd.close();
      expect(answer.status, answer.body.toString()).to.equal(502);
      expect(jsonOf(answer)).to.include({ code: 'service_unavailable', requestId: answer.headers['x-request-id'] });
      expect((await send(url, { path: '/v1/limits' })).status).to.equal(200);
    });
  }

  it('forwards the requests of a connection one at a time, and not those beyond the limit', async () => {
    const seen: (string | undefined)[] = [];
    let most = 0;
    let open = 0;
    handle = (request, response) => {
      seen.push(request.url);
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end('answer');
      });
    };
    const socket = await openSocket(url);
    for (let index = 0; index < 10_000; index += 1)
      socket.write(`GET /docs?${index} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const text = (await buffer(socket).catch(() => Buffer.alloc(0))).toString();
    expect(seen).to.deep.equal(
      Array.from({ length: HTTP_LIMITS.pipelining.waiting + 1 }, (_, index) => `/docs?${index}`),
    );
    expect(most).to.equal(1);
    expect(text.match(/connection: close/gi) ?? []).to.have.length.below(2);
  });

  it('cuts an answer off where the service does, so that half an answer is not taken for a whole one, and logs why', async function () {
    this.timeout(20_000);
    lines.length = 0;
    handle = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    const failure = await send(url, { path: '/v1/limits' }).catch((error: NodeJS.ErrnoException) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(lines.map(({ msg, err }) => [msg, err?.message])).to.deep.equal([
      ['an answer of a service broke off', 'aborted'],
    ]);
  });

  it('lets a service notice that the client has gone, both while it sends and while it waits', async () => {
    const gone: string[] = [];
    lines.length = 0;
    handle = (request, response) => {
      request.on('aborted', () => gone.push('request'));
      response.on('close', () => response.writableFinished || gone.push('response'));
      request.resume();
    };
    for (const [head, expected] of [
      ['POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf', 'request'],
      ['GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n', 'response'],
    ] as const) {
      gone.length = 0;
      const connected = servers.map(({ server }) => once(server, 'request'));
      const socket = await openSocket(url);
      socket.write(head);
      await Promise.race(connected);
      socket.destroy();
      await eventually(`the ${expected} ends`, () => gone.includes(expected));
    }
    expect(lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });
});

describe('The gateway, in front of the services,', () => {
  const targets: Targets = {};
  const gateway = createGateway(targets);
  let services: Services;
  let url: string;
  before(async () => {
    services = await startServices();
    Object.assign(targets, { 'sync-upload': services.upload, download: services.download });
    url = await listen(gateway);
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  const length = LIMITS.syncUploadBytes + 1;
  for (const connection of ['keep-alive', 'close']) {
    for (const [way, headers] of Object.entries({
      'with Content-Length': { 'content-length': String(length) },
      'in chunks': {},
    })) {
      it(`passes an early 413 to a client that is still sending, ${way} and Connection: ${connection}`, async () => {
        const body = paddedTo(await photograph('jpeg'), length);
        const answer = await send(url, {
          method: 'POST',
          path: '/v1/images',
          headers: { ...headers, connection },
          body,
        });
        const problem = expectProblem(answer, 'payload_too_large');
        expect(problem).to.include({ limit: LIMITS.syncUploadBytes, unit: 'bytes' });
        expect(await services.leftovers()).to.deep.equal([]);
      });
    }
  }

  it('passes an upload and its download through unchanged', async () => {
    const jpeg = await photograph('jpeg', 500, 500);
    const { links } = jsonOf(await send(url, { method: 'POST', path: '/v1/images', body: jpeg }));
    const answer = await send(url, { path: links.original });
    expect(answer.body.equals(jpeg)).to.equal(true);
    expect(answer.headers['content-length']).to.equal(String(jpeg.length));
  });

  it('leaves nothing of an upload whose client goes away', async () => {
    const present = await services.leftovers();
    const jpeg = await photograph('jpeg', 500, 500);
    const socket = await openSocket(url);
    socket.write(`POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${jpeg.length + 200_000}\r\n\r\n`);
    socket.write(Buffer.concat([jpeg, Buffer.alloc(190_000)]));
    await eventually('the upload has begun', async () => (await services.leftovers()).length > present.length);
    socket.destroy();
    await eventually('the service notices', () => services.logs.some(({ disconnected }) => disconnected));
    await eventually('everything is gone', async () => (await services.leftovers()).join() === present.join());
  });
});
