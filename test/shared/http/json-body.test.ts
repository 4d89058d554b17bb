import { deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { HTTP_LIMITS } from '../../../shared/http/http-limits.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, type Outgoing, openSocket, send, sendBytes } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const JSON_MS = 700;
const limits = { stalledMs: 300, jsonMs: JSON_MS, lingering: { totalMs: 1000, silentMs: 200 } };
const valid = '{"contentType":"image/png"}';
const head = (...lines: string[]) =>
  ['POST /v1/uploads HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines, '', ''].join('\r\n');

describe('A JSON body', () => {
  let services: Services;
  const targets = {};
  const gateway = createGateway(targets, { limits });
  let bases: Record<string, string>;
  before(async () => {
    services = await startServices({ limits });
    Object.assign(targets, { 'async-upload': services.asyncUpload });
    bases = { service: services.asyncUpload, gateway: await listen(gateway) };
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  const post = (base: string, { headers, body }: Pick<Outgoing, 'headers' | 'body'>) =>
    send(base, {
      method: 'POST',
      path: '/v1/uploads',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });

  const refused: Record<string, [Pick<Outgoing, 'headers' | 'body'>, Parameters<typeof expectProblem>[1], RegExp]> = {
    'invalid JSON': [{ body: '{"contentType":' }, 'malformed_json', /not valid JSON: .*JSON.* Check quotes/],
    'JSON with an extra comma': [{ body: '{"contentType":"image/png",}' }, 'malformed_json', /line 1 column 28/],
    'invalid UTF-8': [{ body: Buffer.from('{"contentType":"\xff"}', 'latin1') }, 'malformed_json', /UTF-8/],
    'a key __proto__': [{ body: '{"contentType":"image/png","__proto__":{}}' }, 'malformed_json', /__proto__/],
    'a key __proto__ in disguise': [{ body: '{"a":{"\\u005f_proto__":{}}}' }, 'malformed_json', /__proto__/],
    'a coding that does not fit its bytes': [
      { headers: { 'content-encoding': 'gzip' }, body: valid },
      'malformed_json',
      /Content-Encoding/,
    ],
    'a coding that is cut off': [
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(valid).subarray(0, -9) },
      'malformed_json',
      /Content-Encoding/,
    ],
    'another charset': [
      { headers: { 'content-type': 'application/json; charset=iso-8859-1' }, body: valid },
      'unsupported_content_type',
      /iso-8859-1.*UTF-8/,
    ],
    'another charset, in quotes': [
      { headers: { 'content-type': 'application/json;a=b;CharSet="UTF-16"' }, body: valid },
      'unsupported_content_type',
      /UTF-16/,
    ],
    'an unknown coding': [
      { headers: { 'content-encoding': 'br' }, body: valid },
      'unsupported_content_type',
      /"br".*gzip/,
    ],
    'a coding named like a property of every object': [
      { headers: { 'content-encoding': 'constructor' }, body: valid },
      'unsupported_content_type',
      /constructor/,
    ],
    'another type': [
      { headers: { 'content-type': 'text/plain' }, body: valid },
      'unsupported_content_type',
      /text\/plain/,
    ],
    'an invalid type': [{ headers: { 'content-type': ';' }, body: valid }, 'unsupported_content_type', /media type/],
    'a byte too many': [{ body: ' '.repeat(LIMITS.jsonBytes + 1) }, 'payload_too_large', /bytes here/],
    'a byte too many, in chunks': [
      { body: [Buffer.alloc(LIMITS.jsonBytes, ' '), Buffer.from(' ')] },
      'payload_too_large',
      /bytes here/,
    ],
    'far too many bytes, in chunks': [
      { body: Array.from({ length: 200 }, () => Buffer.alloc(65_536, ' ')) },
      'payload_too_large',
      /bytes here/,
    ],
    'far too many bytes, compressed': [
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(1e8, ' ')) },
      'payload_too_large',
      /bytes here/,
    ],
    'a wrong field': [{ body: '{"contentType":7}' }, 'invalid_request', /^contentType/],
    'no object': [{ body: 'null' }, 'invalid_request', /object/],
    nothing: [{ body: '' }, 'invalid_request', /object/],
  };
  for (const [name, [outgoing, code, says]] of Object.entries(refused)) {
    it(`is refused with its own message for ${name}`, async () => {
      for (const [way, base] of Object.entries(bases)) {
        const { detail, limit } = expectProblem(await post(base, outgoing), code);
        expect(detail, way)
          .to.match(says)
          .and.to.not.match(/percent-encoding/);
        if (code === 'payload_too_large') expect(limit).to.equal(LIMITS.jsonBytes);
      }
    });
  }

  it('is refused with the types and codings that are accepted (RFC 9110, 15.5.16)', async () => {
    for (const base of Object.values(bases)) {
      const coded = await post(base, { headers: { 'content-encoding': 'br' }, body: valid });
      expect(coded.headers).to.include({ 'accept-encoding': 'gzip, x-gzip, deflate' });
      for (const type of ['text/plain', 'application/json;charset=latin1', 'application/merge-patch+json']) {
        const typed = await post(base, { headers: { 'content-type': type }, body: valid });
        expect(typed.headers).to.include({ accept: 'application/json' });
      }
    }
  });

  const taken: Record<string, Pick<Outgoing, 'headers' | 'body'>> = {
    'with a charset': { headers: { 'content-type': 'Application/JSON; charset=utf-8' }, body: valid },
    'in chunks': { body: [...valid].map((letter) => Buffer.from(letter)) },
    'compressed with gzip': { headers: { 'content-encoding': 'GZIP' }, body: gzipSync(valid) },
    'compressed with deflate': { headers: { 'content-encoding': 'deflate' }, body: deflateSync(valid) },
    'with a byte order mark': { body: `\ufeff${valid}` },
    'of the largest size': { body: valid + ' '.repeat(LIMITS.jsonBytes - valid.length) },
  };
  for (const [name, outgoing] of Object.entries(taken)) {
    it(`is accepted ${name}`, async () => {
      for (const base of Object.values(bases)) expect((await post(base, outgoing)).status).to.equal(201);
    });
  }

  for (const [name, bytes] of Object.entries({
    'from its beginning': head('Content-Length: 10'),
    'in its middle': `${head('Content-Length: 10')}{"a"`,
    'between two chunks': `${head('Transfer-Encoding: chunked')}3\r\n{"a\r\n`,
    'after 100 Continue': head('Content-Length: 10', 'Expect: 100-continue'),
  })) {
    it(`is answered with 408 and closes its connection if it stalls ${name}`, async () => {
      for (const base of Object.values(bases)) {
        const { status, headers, body } = await sendBytes(base, bytes);
        const text = body.toString();
        if (status === 100) expect(text).to.match(/^HTTP\/1\.1 408 /);
        else expectProblem({ status, headers, body }, 'request_timeout');
        expect(text).to.include('request_timeout');
      }
    });
  }

  it('is logged as disconnected if it is cut off', async () => {
    services.logs.splice(0);
    const socket = await openSocket(services.asyncUpload);
    socket.write(`${head('Content-Length: 10')}{"a"`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    const line = await eventually('it is logged', () =>
      services.logs.find(({ operation }) => operation === 'createUpload'),
    );
    expect(line).to.include({ disconnected: true, level: 30 });
  });
});

describe('A JSON body that arrives byte by byte', () => {
  const dripping = { ...limits, stalledMs: HTTP_LIMITS.stalledMs };
  let services: Services;
  const targets = {};
  const gateway = createGateway(targets, { limits: dripping });
  let bases: Record<string, string>;
  before(async () => {
    services = await startServices({ limits: dripping });
    Object.assign(targets, { 'async-upload': services.asyncUpload });
    bases = { service: services.asyncUpload, gateway: await listen(gateway) };
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  it('is answered with 408 when its time is over', async () => {
    for (const base of Object.values(bases)) {
      const socket = await openSocket(base);
      let text = '';
      socket.on('data', (more) => {
        text += more;
      });
      socket.write(`${head('Content-Length: 50000')}{"a":"`);
      const drops = setInterval(() => socket.write('a'), 50);
      await eventually(`an answer of ${base}, not ${text}`, () => text.includes('request_timeout'));
      expect(text).to.match(/^HTTP\/1\.1 408 /);
      await eventually('its end', () => socket.destroyed);
      clearInterval(drops);
    }
  });
});
