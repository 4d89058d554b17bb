import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { expect } from 'chai';
import { imageView } from '../../shared/contracts/api/image-view.ts';
import { toProblem } from '../../shared/contracts/api/problem.ts';
import { RESPONSE_HEADERS, type ResponseHeader } from '../../shared/contracts/api/response-headers.ts';
import { type ErrorCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { checkDocumentedEvent } from '../support/http/documented-answers.ts';
import { openEvents } from '../support/http/event-stream.ts';
import { send, sendBytes } from '../support/http/http-client.ts';
import { rejectionOf } from '../support/rejection.ts';
import { imageRecord, rendition } from '../support/storage/image-records.ts';
import { parseSource, readSources } from './source-files.ts';

const ID = createImageId();
const RECORD = `/v1/images/${ID}`;
const image = imageView(imageRecord({ imageId: ID, metadata: { empty: '' } }), [rendition()]);
const [shown] = image.renditions ?? [];

const problem = (code: ErrorCode) => toProblem(new ImageServiceError(code, 'A detail.'), 'an id');

interface MadeUp {
  method?: string;
  path: string;
  status: number;
  type?: string;
  body?: unknown;
  /** A documented header that the response lacks. */
  without?: ResponseHeader;
}

/** All documented headers of responses, with examples. */
const HEADERS = Object.entries(RESPONSE_HEADERS).map(([name, { example }]) => [name, example] as const);

const PROBLEM = 'application/problem+json';

const DOCUMENTED: Record<string, MadeUp> = {
  'a record': { path: RECORD, status: 200, body: image },
  'a list': { path: '/v1/images?limit=1', status: 200, body: { images: [] } },
  'an unchanged record': { path: RECORD, status: 304 },
  'a problem of the route': { path: RECORD, status: 410, type: PROBLEM, body: problem('image_deleted') },
  'a problem of any route': { path: RECORD, status: 401, type: PROBLEM, body: problem('unauthenticated') },
  'an unknown path': { path: '/v2', status: 404, type: PROBLEM, body: problem('route_not_found') },
  'an unknown method': {
    method: 'PUT',
    path: RECORD,
    status: 405,
    type: PROBLEM,
    body: problem('method_not_allowed'),
  },
  bytes: { path: `${RECORD}/original?download`, status: 206, type: 'image/svg+xml', body: '<svg/>' },
  'another spelling of a path': {
    path: `/v1/images/${ID}/%6friginal`,
    status: 404,
    type: PROBLEM,
    body: problem('image_not_found'),
  },
  'a failing service behind a gateway': {
    path: RECORD,
    status: 502,
    type: PROBLEM,
    body: { ...problem('service_unavailable'), status: 502 },
  },
};

const UNDOCUMENTED: Record<string, MadeUp> = {
  'an unknown field': { path: RECORD, status: 200, body: { ...image, key: 'a secret' } },
  'an unknown field of a rendition': {
    path: RECORD,
    status: 200,
    body: { ...image, renditions: [{ ...shown, place: 0 }] },
  },
  'an unknown field of a command': {
    path: RECORD,
    status: 200,
    body: { ...image, renditions: [{ ...shown, commands: [{ operation: 'flip', by: 'whom' }] }] },
  },
  'an unknown field of a link': {
    path: RECORD,
    status: 200,
    body: { ...image, links: { ...image.links, owner: '/' } },
  },
  'an unknown field in a list': {
    path: '/v1/images',
    status: 200,
    body: { images: [{ ...image, renditions: undefined, owner: 'local' }] },
  },
  'an unknown field of a problem': {
    path: RECORD,
    status: 410,
    type: PROBLEM,
    body: { ...problem('image_deleted'), owner: 'local' },
  },
  'a missing field': { path: RECORD, status: 200, body: { ...image, imageId: undefined } },
  'a field of another type': { path: RECORD, status: 200, body: { ...image, contentLength: '1' } },
  'another schema': { path: RECORD, status: 200, body: { images: [] } },
  'a missing header': { path: RECORD, status: 200, body: image, without: 'ETag' },
  'an undocumented status': { path: RECORD, status: 202, body: image },
  'an undocumented code': { path: RECORD, status: 409, type: PROBLEM, body: problem('rendition_conflict') },
  'a code of another status': {
    path: RECORD,
    status: 404,
    type: PROBLEM,
    body: { ...problem('image_deleted'), status: 404 },
  },
  'a status other than that of its problem': {
    path: RECORD,
    status: 404,
    type: PROBLEM,
    body: problem('image_deleted'),
  },
  'a bare error': { path: RECORD, status: 404, type: 'text/plain', body: 'not found' },
  'another media type': { path: `${RECORD}/original`, status: 200, type: 'text/html', body: '<b>' },
  'an unknown operation': { method: 'PUT', path: RECORD, status: 200, body: image },
};

describe('responses in tests', () => {
  let server: Server;
  let base: string;
  let madeUp: MadeUp;
  const answer = (_request: IncomingMessage, response: ServerResponse) => {
    const { status, type = 'application/json', body, without } = madeUp;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response
      .writeHead(status, {
        ...Object.fromEntries(HEADERS.filter(([name]) => name !== without)),
        ...(text && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
      })
      .end(text);
  };
  before(async () => {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const WAYS: Record<string, (response: MadeUp) => Promise<unknown>> = {
    send: ({ method = 'GET', path }) => send(base, { method, path }),
    sendBytes: ({ method = 'GET', path }) =>
      sendBytes(base, `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    fetch: ({ method = 'GET', path }) => fetch(base + path, { method }),
  };
  for (const [way, ask] of Object.entries(WAYS)) {
    for (const [what, answered] of Object.entries(DOCUMENTED)) {
      it(`may be ${what}, by ${way}`, async () => {
        madeUp = answered;
        await ask(answered);
      });
    }
    for (const [what, answered] of Object.entries(UNDOCUMENTED)) {
      it(`fail the test with ${what}, by ${way}`, async () => {
        madeUp = answered;
        // `fetch` does not check bodies other than JSON.
        if (way === 'fetch' && answered.type === 'text/html') return;
        expect(String(await rejectionOf(ask(answered)))).to.match(/OpenAPI does not say/);
      });
    }
  }

  it('may be a record in an event, and fail the test with an unknown field in it', async () => {
    checkDocumentedEvent({ event: 'image', data: JSON.stringify(image) });
    expect(() => checkDocumentedEvent({ event: 'image', data: JSON.stringify({ ...image, owner: 'local' }) })).to.throw(
      /owner/,
    );
    expect(() => checkDocumentedEvent({ event: 'settled', data: '{"key":1}' })).to.throw(/no data/);
  });

  it('fail the test with an unknown field in an event of a stream', async () => {
    const data = JSON.stringify({ ...image, key: 'a secret' });
    madeUp = { path: '', status: 200, type: 'text/event-stream', body: `event: image\nid: "1"\ndata: ${data}\n\n` };
    const events = await openEvents(`${base}${RECORD}/events`);
    expect(String(await rejectionOf(events.ended()))).to.match(/a secret/);
  });

  /** Files below test/ that speak HTTP past http-client.ts, event-stream.ts and fetch, with the reason. */
  const EXCEPTIONS: Record<string, string> = {
    'test/support/http/http-client.ts': 'checks what it receives',
    'test/support/http/event-stream.ts': 'checks what it receives',
    'test/scripts/quarantine-redrive.deep.ts': 'passes requests on to an emulator of AWS',
    'test/support/http/counting-proxy.ts': 'passes requests on to an emulator of AWS',
    'test/infra/aws-stand-in.ts': 'passes requests on to an emulator of AWS',
    'test/infra/rehearse/edge.ts': 'has a server of HTTPS, and is no client',
    'test/infra/iam/guard.ts': 'passes requests on to an emulator of AWS',
  };

  it('are all checked, because no test calls the API by another client', () => {
    const clients = readSources('test')
      .filter(({ path }) => !(path in EXCEPTIONS))
      .map((file) => ({ path: file.path, text: file.text, imports: parseSource(file).imports }));
    for (const { path, text, imports } of clients) {
      const named = imports.filter(({ typeOnly }) => !typeOnly).map(({ specifier }) => specifier);
      expect(named, path).to.not.include.members(['undici']);
      expect(named, path).to.not.include.members(['node:https']);
      // Any test may have a server.
      const [, taken = ''] = /import \{([^}]*)\} from 'node:http'/.exec(text) ?? [];
      expect(taken, `${path} imports a client of node:http`).to.not.match(/(^|[,\s])(request|get|Agent)\b/);
    }
    for (const path of Object.keys(EXCEPTIONS)) expect(readSources('test').map((file) => file.path)).to.include(path);
  });
});
