import { expect } from 'chai';
import { parseDictionary } from 'structured-headers';
import { CHECKSUM_ALGORITHMS, CHECKSUM_HEADER_PREFIX } from '../../../shared/contracts/api/checksums.ts';
import { methodsAt, routeList } from '../../../shared/contracts/api/routes.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { allowsAnyOrigin } from '../../../shared/http/cors.ts';
import { type Answered, expectProblem, type Outgoing, openSocket, send } from '../../support/http/http-client.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const MiB = 1024 * 1024;
const APP = 'https://app.example.com';
const OTHER = 'https://admin.example.com:8443';
const STRANGER = 'https://app.example.com.evil.example';
const ID = '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';
const concrete = (path: string) =>
  path
    .replace(/\{(imageId|uploadId)\}/, ID)
    .replace('{partNumber}', '1')
    .replace(/\{\w+\}/, 'a');

const wordsOf = ({ headers }: Answered, name: string): string[] =>
  String(headers[name] ?? '')
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter(Boolean);

const corsOf = ({ headers }: Answered): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

/** The preflight that a browser sends before a request that is not simple. */
const preflight = (origin: string, method: string, ...asked: string[]): Pick<Outgoing, 'method' | 'headers'> => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    ...(asked.length > 0 && { 'access-control-request-headers': asked.join(', ') }),
  },
});

/** Headers that libraries add to their requests. */
const LIBRARIES = ['content-type', 'authorization', 'x-requested-with', 'cache-control', 'prefer'];

/** Whether any page may read the answers of a path; cross-origin.test.ts tests those. */
const isAnyOrigin = (path: string) => routeList.some((route) => route.path === path && allowsAnyOrigin(route));

const PATHS = [...new Set(routeList.map(({ path }) => path))].map((path) => ({
  path,
  service: routeList.find((route) => route.path === path)?.service ?? 'download',
}));

describe('Cross-origin requests', () => {
  describe('if no origin is allowed', () => {
    let services: Services;
    const client = multipartClient(() => services.asyncUpload);
    before(async () => {
      services = await startServices();
    });
    after(() => services.stop());

    it('find no headers of CORS in any answer', async () => {
      const requests: Outgoing[] = [
        { path: `/v1/uploads/${ID}`, headers: { origin: APP } },
        { path: '/none', headers: { origin: APP } },
        { path: '/v1/uploads', ...preflight(APP, 'POST', 'content-type') },
      ];
      for (const request of requests) {
        const answer = await client.call(request);
        expect(corsOf(answer)).to.deep.equal([]);
        expect(wordsOf(answer, 'vary')).to.not.include('origin');
      }
    });

    for (const { path, service } of PATHS) {
      it(`are answered with the methods of ${path} by OPTIONS`, async () => {
        const answer = await send(services.baseOf(service), { method: 'OPTIONS', path: concrete(path) });
        expect(answer.status).to.equal(204);
        expect(answer.body).to.have.length(0);
        expect(String(answer.headers.allow).split(', ')).to.have.members([...methodsAt(path), 'OPTIONS']);
        const limits = answer.headers['upload-limit'];
        if (service !== 'async-upload') {
          expect(limits).to.equal(undefined);
          return;
        }
        const told = parseDictionary(String(limits));
        expect(Object.fromEntries([...told].map(([name, [value]]) => [name, value]))).to.deep.equal({
          'max-size': LIMITS.asyncUploadBytes,
          'min-size': 1,
          'max-append-size': LIMITS.maxPartBytes,
          'min-append-size': LIMITS.minPartBytes,
          'max-age': LIMITS.uploadSeconds,
        });
      });
    }
  });

  describe('of allowed origins', () => {
    let services: Services;
    const client = multipartClient(() => services.asyncUpload);
    before(async () => {
      services = await startServices({ corsOrigins: `${APP},${OTHER}` });
    });
    after(() => services.stop());

    const expectAllowed = (answer: Answered, origin = APP) => {
      expect(answer.headers['access-control-allow-origin']).to.equal(origin);
      expect(answer.headers).to.not.have.property('access-control-allow-credentials');
      expect(wordsOf(answer, 'vary')).to.include('origin');
      const exposed = ['etag', 'location', 'retry-after', 'upload-limit', 'x-request-id'];
      expect(wordsOf(answer, 'access-control-expose-headers')).to.include.members(exposed);
    };
    /** The refusal of an origin, without the parts that every origin gets. */
    const expectReadByAnybody = (answer: Answered) => {
      expectProblem(answer, 'origin_not_allowed');
      expect(answer.headers['access-control-allow-origin']).to.equal('*');
      expect(answer.headers).to.not.have.property('access-control-allow-credentials');
      expect(answer.headers['cache-control']).to.equal('no-store');
    };
    const as = (origin: string, outgoing: Outgoing) =>
      client.call({ ...outgoing, headers: { ...outgoing.headers, origin } });

    it('may read an answer and its ETag', async () => {
      const created = await client.create({ contentType: 'image/jpeg' }, { origin: OTHER });
      expect(created.status).to.equal(201);
      expectAllowed(created, OTHER);
      const { uploadId } = JSON.parse(created.body.toString());
      const part = await client.put(uploadId, 1, 'a', { origin: APP });
      expect(part.status).to.equal(200);
      expect(part.headers.etag).to.be.a('string');
      expectAllowed(part);
      const aborted = await as(APP, { method: 'DELETE', path: `/v1/uploads/${uploadId}` });
      expect(aborted.status).to.equal(204);
      expectAllowed(aborted);
    });

    for (const { path, service } of PATHS) {
      it(`may send a preflight to ${path}`, async () => {
        for (const method of methodsAt(path)) {
          const answer = await send(services.baseOf(service), {
            path: concrete(path),
            ...preflight(APP, method, 'content-type', 'authorization'),
          });
          expect(answer.status).to.equal(204);
          if (!isAnyOrigin(path)) expectAllowed(answer);
          expect(wordsOf(answer, 'access-control-allow-methods')).to.deep.equal(
            methodsAt(path).map((name) => name.toLowerCase()),
          );
          expect(wordsOf(answer, 'access-control-allow-headers')).to.include.members(LIBRARIES);
          expect(Number(answer.headers['access-control-max-age'])).to.be.within(1, 7200);
        }
      });
    }

    it('may send every header that the routes know', async () => {
      const asked = ['content-md5', 'content-digest', 'idempotency-key', 'x-request-id', 'content-type'];
      const checksums = Object.keys(CHECKSUM_ALGORITHMS).map((name) => `${CHECKSUM_HEADER_PREFIX}${name}`);
      for (const [path, method] of [
        [`/v1/uploads/${ID}/parts/1`, 'PUT'],
        ['/v1/uploads', 'POST'],
      ] as const) {
        const answer = await client.call({ path, ...preflight(APP, method, ...asked, ...checksums) });
        expect(answer.status).to.equal(204);
        expect(wordsOf(answer, 'access-control-allow-headers')).to.include.members([...asked, ...checksums]);
        expect(wordsOf(answer, 'access-control-allow-methods')).to.include(method.toLowerCase());
      }
    });

    const errors: Record<string, [Outgoing, Parameters<typeof expectProblem>[1]]> = {
      'a path that does not exist': [{ path: '/none' }, 'route_not_found'],
      'a method that a path does not take': [{ method: 'PATCH', path: '/v1/uploads' }, 'method_not_allowed'],
      'an id that is none': [{ path: '/v1/uploads/1' }, 'invalid_request'],
      'an upload that does not exist': [{ path: `/v1/uploads/${ID}` }, 'upload_not_found'],
      'a body that is no JSON': [
        { method: 'POST', path: '/v1/uploads', headers: { 'content-type': 'application/json' }, body: '{' },
        'malformed_json',
      ],
      'a body of another type': [
        { method: 'POST', path: '/v1/uploads', headers: { 'content-type': 'text/plain' }, body: '{}' },
        'unsupported_content_type',
      ],
      'a body that is too large': [
        {
          method: 'POST',
          path: '/v1/uploads',
          headers: { 'content-type': 'application/json' },
          body: ' '.repeat(LIMITS.jsonBytes + 1),
        },
        'payload_too_large',
      ],
    };
    for (const [name, [outgoing, code]] of Object.entries(errors)) {
      it(`may read what is wrong with ${name}`, async () => {
        const answer = await as(APP, outgoing);
        expectProblem(answer, code);
        expectAllowed(answer);
        const unread = await as(STRANGER, outgoing);
        expectProblem(unread, outgoing.method ? 'origin_not_allowed' : code);
        if (outgoing.method) expectReadByAnybody(unread);
        else expect(corsOf(unread)).to.deep.equal([]);
      });
    }

    it('may read a refusal while they are still sending', async () => {
      const { uploadId } = await client.begin({ contentLength: 10 });
      const answer = await client.put(uploadId, 1, Buffer.alloc(16 * MiB), { origin: APP });
      expectProblem(answer, 'upload_too_large');
      expectAllowed(answer);
    });

    it('may read a refusal before they send the body', async () => {
      const socket = await openSocket(services.asyncUpload);
      const head = [
        `PUT /v1/uploads/${ID}/parts/1 HTTP/1.1`,
        'Host: localhost',
        `Origin: ${APP}`,
        `Content-Length: ${LIMITS.maxPartBytes + 1}`,
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      const [chunk] = await socket.take(1).toArray();
      expect(String(chunk)).to.match(/^HTTP\/1\.1 413 /);
      expect(String(chunk).toLowerCase()).to.include(`access-control-allow-origin: ${APP}`);
      expect(String(chunk).toLowerCase()).to.match(/access-control-expose-headers: .*etag/);
      expect(String(chunk).toLowerCase()).to.match(/^vary: .*origin/m);
      socket.destroy();
    });

    for (const origin of [
      STRANGER,
      'https://app.example.com:444',
      'http://app.example.com',
      'https://APP.example.com',
      'https://app.example.com/',
      'https://sub.app.example.com',
      `${APP},${OTHER}`,
      'null',
      '*',
      '',
    ]) {
      it(`do not include ${origin || 'an empty one'}, which gets Vary: Origin, and may read why its change was refused`, async () => {
        expectReadByAnybody(await client.create({ contentType: 'image/jpeg' }, { origin }));
        const answers = [
          await as(origin, { path: '/health/none' }),
          await client.call({ path: `/v1/uploads/${ID}/parts/1`, ...preflight(origin, 'PUT', 'content-md5') }),
        ];
        for (const answer of answers) {
          expect(corsOf(answer)).to.deep.equal([]);
          expect(wordsOf(answer, 'vary')).to.include('origin');
        }
        expect(answers[1]?.status).to.equal(204);
      });
    }

    it('get Vary: Origin also without an Origin, because a cache may store the answer', async () => {
      const answer = await send(services.download, { path: '/v1/images' });
      expect(answer.status).to.equal(200);
      expect(wordsOf(answer, 'vary')).to.include('origin');
      expect(corsOf(answer)).to.deep.equal([]);
    });
  });

  describe('of any origin', () => {
    let services: Services;
    const client = multipartClient(() => services.asyncUpload);
    before(async () => {
      services = await startServices({ corsOrigins: '*' });
    });
    after(() => services.stop());

    for (const origin of [APP, STRANGER, 'null']) {
      it(`are allowed to ${origin}`, async () => {
        const created = await client.create({ contentType: 'image/jpeg' }, { origin });
        const asked = await client.call({ path: '/v1/uploads', ...preflight(origin, 'POST', 'content-type') });
        const refused = await client.call({ path: '/none', headers: { origin } });
        expect([created.status, asked.status, refused.status]).to.deep.equal([201, 204, 404]);
        for (const answer of [created, asked, refused]) {
          expect(answer.headers['access-control-allow-origin']).to.equal('*');
          expect(wordsOf(answer, 'access-control-expose-headers')).to.include('etag');
          expect(wordsOf(answer, 'vary')).to.not.include('origin');
        }
      });
    }
  });
});
