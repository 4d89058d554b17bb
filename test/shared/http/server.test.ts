import { rename } from 'node:fs/promises';
import type { Server } from '@hapi/hapi';
import { expect } from 'chai';
import { routeList } from '../../../shared/contracts/api/routes.ts';
import { createServer, type Handler } from '../../../shared/http/server.ts';
import { eventually } from '../../support/eventually.ts';
import {
  type Answered,
  expectProblem,
  jsonOf,
  type Outgoing,
  openSocket,
  send,
} from '../../support/http/http-client.ts';
import { type LogLine, logInto, type Services, startServices } from '../../support/services/services.ts';

const IMAGE = '/v1/images/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';
const concrete = (path: string) => path.replace('{imageId}', IMAGE.slice(11)).replace(/\{\w+\}/g, 'thumb');

describe('Every HTTP service', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(() => void services.logs.splice(0));

  const get = (path: string, outgoing: Partial<Outgoing> = {}): Promise<Answered> =>
    send(services.download, { path, ...outgoing });
  const logged = (count = 1) =>
    eventually('the request is logged', () => services.logs.length >= count && services.logs);

  describe('answers errors as problems', () => {
    for (const path of [
      '/v1',
      '/v1/images/',
      '/v2/images',
      '/v1/Images',
      '/health/',
      '/.env',
      '/v1//images',
      '//',
      `${IMAGE}/more`,
    ]) {
      it(`to a path that does not exist: ${path}`, async () => {
        for (const base of [services.upload, services.download]) {
          expectProblem(await send(base, { path }), 'route_not_found');
        }
      });
    }

    for (const path of [
      '/%',
      '/v1/images/%zz',
      '/v1/images/%c3%28',
      `${IMAGE}/renditions/%ff`,
      '/v1/images?cursor=%zz',
      '/docs/%00',
    ]) {
      it(`to a path with bad percent-encoding: ${path}`, async () => {
        const answer = await get(path);
        expect(answer.status).to.be.oneOf([400, 404]);
        expectProblem(answer, jsonOf(answer).code);
      });
    }

    it('to an unknown query parameter of a route for programs', async () => {
      for (const path of ['/v1/limits', '/openapi.json']) {
        const problem = expectProblem(await get(`${path}?width=1`), 'invalid_request');
        expect(
          problem.errors?.map((error) => error.path),
          path,
        ).to.deep.equal(['query.width']);
      }
    });

    it('to an invalid id, with its name', async () => {
      const problem = expectProblem(await get('/v1/images/1'), 'invalid_request');
      expect(problem.errors).to.have.length(1);
      expect(problem.errors?.[0]?.path).to.equal('params.imageId');
    });

    it('to all wrong fields at once', async () => {
      const problem = expectProblem(await get('/v1/images?limit=0&cursor=!&more=1'), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.have.members(['query.limit', 'query.cursor', 'query.more']);
    });

    it('but ignores invalid cookies', async () => {
      expect((await get('/v1/limits', { headers: { cookie: 'a="b;;=c, \\' } })).status).to.equal(200);
    });
  });

  describe('answers 405 with Allow', () => {
    for (const path of new Set(routeList.map((route) => route.path))) {
      const allowed = routeList.filter((route) => route.path === path);
      const owners = new Set(allowed.map(({ service }) => service));
      const methods = allowed.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      it(`at ${path}`, async () => {
        for (const service of owners) {
          const base = services.baseOf(service);
          for (const method of ['PATCH', 'PUT', 'TRACE', 'DELETE', 'POST'].filter((name) => !methods.includes(name))) {
            const answer = await send(base, {
              method,
              path: concrete(path),
              ...(method === 'TRACE' ? {} : { body: '{}' }),
            });
            expectProblem(answer, 'method_not_allowed');
            expect(String(answer.headers.allow).split(', ')).to.have.members([...methods, 'OPTIONS']);
          }
        }
      });
    }
  });

  describe('gives each request an id', () => {
    for (const id of ['a', 'x'.repeat(128), '1-67891233-abcdef012345678912345678', 'Root=1-2;Self=3', 'a_b.c:d']) {
      it(`that is the caller's: ${id.slice(0, 40)}`, async () => {
        const answers = [
          await get('/v1/limits', { headers: { 'x-request-id': id } }),
          await get('/nothing', { headers: { 'x-request-id': id } }),
        ];
        for (const { headers } of answers) expect(headers['x-request-id']).to.equal(id);
        expect(jsonOf(answers[1] as Answered).requestId).to.equal(id);
        for (const line of await logged(2)) expect(line.requestId).to.equal(id);
      });
    }

    for (const id of ['', 'x'.repeat(129), 'a b', 'a"b', '{"a":1}', '<script>', 'a\tb', 'é']) {
      it(`of its own in place of ${JSON.stringify(id).slice(0, 40)}`, async () => {
        const { headers } = await get('/v1/limits', { headers: { 'x-request-id': id } });
        expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
        expect((await logged())[0]?.requestId).to.equal(headers['x-request-id']);
      });
    }
  });

  it('answers HEAD like GET without the body', async () => {
    for (const path of ['/v1/images', '/v1/limits', '/openapi.json', '/docs', '/docs/start.js', '/health']) {
      const [head, whole] = [await get(path, { method: 'HEAD' }), await get(path)];
      expect(head.status, path).to.equal(200);
      expect(head.body, path).to.have.length(0);
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
        expect(head.headers[name], `${name} of ${path}`).to.equal(whole.headers[name]);
      }
    }
  });

  it('sends nosniff with every answer', async () => {
    for (const path of ['/v1/images', '/docs', '/docs/swagger-ui.css', '/health', '/nothing']) {
      expect((await get(path)).headers['x-content-type-options'], path).to.equal('nosniff');
    }
  });

  it('serves requests one after the other on a connection', async () => {
    const socket = await openSocket(services.download);
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`;
    socket.write(`${request('/nothing')}\r\n${request('/health')}Connection: close\r\n\r\n`);
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it('logs one line for each request with all its facts', async () => {
    const begun = Date.now();
    await get('/v1/images?limit=5');
    await get('/v1/images/1');
    const [listed, refused, ...more] = await logged(2);
    expect(more).to.deep.equal([]);
    expect(listed).to.include({
      service: 'download',
      operation: 'listImages',
      method: 'GET',
      path: '/v1/images',
      status: 200,
      level: 30,
    });
    expect(listed?.durationMs).to.be.within(0, Date.now() - begun);
    expect(refused).to.include({ operation: 'getImage', status: 400, code: 'invalid_request', level: 30 });
    expect(refused?.error).to.match(/imageId/);
  });

  it('is healthy but not ready without its dependencies', async () => {
    const bases = [services.upload, services.download];
    for (const base of bases) expect((await send(base, { path: '/ready' })).status).to.equal(200);
    const elsewhere = `${services.objectsFolder}-elsewhere`;
    await rename(services.objectsFolder, elsewhere);
    for (const base of bases) expectProblem(await send(base, { path: '/ready' }), 'service_unavailable');
    await rename(elsewhere, services.objectsFolder);
    for (const base of bases) expect((await send(base, { path: '/ready' })).status).to.equal(200);
    await services.stopEmulators();
    for (const base of bases) {
      expectProblem(await send(base, { path: '/ready' }), 'service_unavailable');
      expect(jsonOf(await send(base, { path: '/health' }))).to.deep.equal({ status: 'ok' });
    }
    expectProblem(await get('/v1/images'), 'service_unavailable');
  });
});

describe('A handler that fails', () => {
  const logs: LogLine[] = [];
  let server: Server;
  const fail: Handler = () => {
    throw new Error('the password is swordfish');
  };
  const names = [
    'listImages',
    'getImage',
    'getOriginal',
    'getRendition',
    'getFile',
    'getEvents',
    'createLink',
    'getUsage',
    'getLimits',
    'getOpenApi',
    'getFrontPage',
    'getFavicon',
    'getDocs',
    'getDocsAsset',
  ] as const;
  before(async () => {
    server = createServer({
      service: 'download',
      config: { HOST: '127.0.0.1', PORT: 0, AUTHENTICATION: 'off', CORS_ORIGINS: '' },
      logger: logInto(logs, 'download'),
      handlers: Object.fromEntries(names.map((name) => [name, fail])) as Record<(typeof names)[number], Handler>,
      ready: () => Promise.reject(new Error('not today')),
    });
    await server.start();
  });
  after(() => server.stop());
  beforeEach(() => void logs.splice(0));

  it('answers internal_error, and logs the reason with its stack', async () => {
    const answer = await send(server.info.uri, { path: '/v1/limits' });
    expectProblem(answer, 'internal_error');
    expect(answer.body.toString()).to.not.include('swordfish');
    const line = await eventually('the request is logged', () => logs[0]);
    expect(line).to.include({ level: 50, code: 'internal_error', status: 500 });
    expect(JSON.stringify(line))
      .to.match(/swordfish/)
      .and.to.match(/server\.test\.ts/);
  });

  it('is not ready after an unexpected error', async () => {
    expect((await send(server.info.uri, { path: '/ready' })).status).to.be.oneOf([500, 503]);
  });
});
