import { once } from 'node:events';
import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const UNKNOWN = '3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';
const JSON_TYPE = 'Content-Type: application/json';

interface Row {
  service: 'upload' | 'asyncUpload';
  line: string;
  headers: string[];
  status: number;
}

const renditions = `POST /v1/images/${UNKNOWN}/renditions`;

/** Requests that are refused by their head alone, instead of `100 Continue` (RFC 9110, 10.1.1). */
const REFUSED: Record<string, Row> = {
  'a JSON body that is too long': {
    service: 'upload',
    line: renditions,
    headers: [JSON_TYPE, `Content-Length: ${LIMITS.jsonBytes + 1}`],
    status: 413,
  },
  'a JSON body of another type': {
    service: 'upload',
    line: renditions,
    headers: ['Content-Type: text/plain', 'Content-Length: 2'],
    status: 415,
  },
  'a JSON body in another charset': {
    service: 'upload',
    line: renditions,
    headers: [`${JSON_TYPE};charset=latin1`, 'Content-Length: 2'],
    status: 415,
  },
  'a JSON body in another coding': {
    service: 'upload',
    line: renditions,
    headers: [JSON_TYPE, 'Content-Encoding: br', 'Content-Length: 2'],
    status: 415,
  },
  'an image that is too long': {
    service: 'upload',
    line: 'POST /v1/images',
    headers: [`Content-Length: ${LIMITS.syncUploadBytes + 1}`],
    status: 413,
  },
  'an image of an unknown type': {
    service: 'upload',
    line: 'POST /v1/images',
    headers: ['Content-Type: text/plain', 'Content-Length: 2'],
    status: 415,
  },
  'an image in another encoding': {
    service: 'upload',
    line: 'POST /v1/images',
    headers: ['Content-Encoding: gzip', 'Content-Length: 2'],
    status: 415,
  },
  'an empty image': { service: 'upload', line: 'POST /v1/images', headers: ['Content-Length: 0'], status: 400 },
  'an unknown preset': {
    service: 'upload',
    line: 'POST /v1/images?rendition=nothing',
    headers: ['Content-Length: 2'],
    status: 400,
  },
  'an invalid digest': {
    service: 'upload',
    line: 'POST /v1/images',
    headers: ['Content-MD5: nothing', 'Content-Length: 2'],
    status: 400,
  },
  'a method that the path does not allow': {
    service: 'upload',
    line: 'PATCH /v1/images',
    headers: ['Content-Length: 2'],
    status: 405,
  },
  'an unknown upload': {
    service: 'asyncUpload',
    line: `PUT /v1/uploads/${UNKNOWN}/parts/1`,
    headers: ['Content-Length: 2'],
    status: 404,
  },
  'a part that is too long': {
    service: 'asyncUpload',
    line: `PUT /v1/uploads/${UNKNOWN}/parts/1`,
    headers: [`Content-Length: ${LIMITS.maxPartBytes + 1}`],
    status: 413,
  },
  'an unknown image to delete': {
    service: 'upload',
    line: `DELETE /v1/images/${UNKNOWN}`,
    headers: ['Content-Length: 2'],
    status: 404,
  },
};

describe('A client that waits for 100 Continue', () => {
  let services: Services;
  let gateway: ReturnType<typeof createGateway>;
  let entrance: string;
  before(async () => {
    services = await startServices();
    const { upload, download, asyncUpload } = services;
    gateway = createGateway({ 'sync-upload': upload, 'async-upload': asyncUpload, download });
    entrance = await listen(gateway);
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  const head = (line: string, headers: string[]) =>
    [`${line} HTTP/1.1`, 'Host: localhost', 'Expect: 100-continue', ...headers, '', ''].join('\r\n');

  /** Returns the first status line for a client that sends no body. */
  const firstLine = async (base: string, text: string) => {
    const socket = await openSocket(base);
    socket.write(text);
    const [chunk] = await once(socket, 'data');
    socket.destroy();
    return String(chunk).split('\r\n', 1)[0];
  };

  for (const [what, { service, line, headers, status }] of Object.entries(REFUSED)) {
    it(`is refused without it for ${what}`, async () => {
      for (const base of [services[service], entrance]) {
        expect(await firstLine(base, head(line, headers)), base).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
      }
    });
  }

  it('is refused without it if it has no credentials', async () => {
    const closed = await startServices({ apiKeys: '0'.repeat(64) });
    try {
      expect(await firstLine(closed.upload, head('POST /v1/images', ['Content-Length: 2']))).to.match(
        /^HTTP\/1\.1 401 /,
      );
    } finally {
      await closed.stop();
    }
  });

  it('gets 100 Continue for an image, JSON, and a part', async () => {
    const { imageId } = jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg }));
    const body = JSON.stringify({ contentType: 'image/jpeg' });
    const created = await send(services.asyncUpload, {
      method: 'POST',
      path: '/v1/uploads',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { uploadId } = jsonOf(created);
    const sent: [Row['service'], string, string[], Buffer, number][] = [
      ['upload', 'POST /v1/images', [], jpeg, 201],
      ['upload', `POST /v1/images/${imageId}/renditions`, [JSON_TYPE], Buffer.from('{"renditions":["thumb"]}'), 202],
      ['asyncUpload', `PUT /v1/uploads/${uploadId}/parts/1`, [], jpeg, 200],
    ];
    for (const [service, line, headers, bytes, status] of sent) {
      for (const base of [services[service], entrance]) {
        const socket = await openSocket(base);
        socket.write(head(line, [...headers, `Content-Length: ${bytes.length}`, 'Connection: close']));
        const [chunk] = await once(socket, 'data');
        expect(String(chunk), line).to.match(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
        socket.write(bytes);
        const answer = Buffer.concat(await socket.toArray()).toString();
        expect(answer, line).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
      }
    }
  });

  it('gets no 100 Continue if the answer needs no body', async () => {
    const text = head('GET /v1/limits', ['Content-Length: 2']);
    for (const base of [services.download, entrance]) expect(await firstLine(base, text)).to.match(/^HTTP\/1\.1 200 /);
  });
});
