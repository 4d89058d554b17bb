import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { expectProblem, openSocket, sendBytes } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const head = (...lines: string[]) => [...lines, 'Connection: close', '', ''].join('\r\n');

/** Wrong heads that Node's parser accepts. */
const REFUSED: Record<string, [head: string, code: ErrorCode, says: RegExp]> = {
  'no Host': [head('GET /v1/limits HTTP/1.1'), 'malformed_request', /no Host header/],
  'two Hosts': [
    head('GET /v1/limits HTTP/1.1', 'Host: localhost', 'Host: localhost'),
    'malformed_request',
    /2 Host headers/,
  ],
  'two Hosts, differently written': [
    head('GET /v1/limits HTTP/1.1', 'Host: localhost', 'X: y', 'hOST: a'),
    'malformed_request',
    /2 Host headers/,
  ],
  'two Hosts with HTTP/1.0': [
    head('GET /v1/limits HTTP/1.0', 'Host: localhost', 'Host: a'),
    'malformed_request',
    /2 Host headers/,
  ],
  ...Object.fromEntries(
    ['', 'a b', 'a/b', 'a@b', 'http://localhost', 'localhost:x', 'localhost:1:2', '[::1', '::1', 'a,b c', 'a?b', '[x]']
      .concat(['é', 'a\\b', 'localhost:123456', 'localhost:65536'])
      .map((host) => [
        `the Host ${JSON.stringify(host)}`,
        [head('GET /v1/limits HTTP/1.1', `Host: ${host}`), 'malformed_request', /Host/],
      ]),
  ),
  'an unknown Expect': [
    head('GET /v1/limits HTTP/1.1', 'Host: localhost', 'Expect: the-unexpected'),
    'expectation_failed',
    /the-unexpected/,
  ],
  'an unknown Expect before a body': [
    head('POST /v1/images HTTP/1.1', 'Host: localhost', 'Expect: 200-ok', 'Content-Length: 10'),
    'expectation_failed',
    /200-ok/,
  ],
  CONNECT: [head('CONNECT localhost:22 HTTP/1.1', 'Host: localhost'), 'method_not_allowed', /CONNECT/],
  'an invalid request line': ['this is not HTTP\r\n\r\n', 'malformed_request', /cannot be read/],
  'the beginning of an unknown method': ['ODD /nothing/mor', 'method_not_implemented', /method/],
  'no method': [head('@ / HTTP/1.1', 'Host: localhost'), 'malformed_request', /cannot be read/],
  'a switch to HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'version_not_supported', /HTTP\/1\.1/],
  ...Object.fromEntries(
    ['ODD', 'get', 'GETS', 'PROPFIND', 'x-y.z!', 'QUERY'].map((method) => [
      `the method ${method}`,
      [head(`${method} / HTTP/1.1`, 'Host: localhost'), 'method_not_implemented', /method/],
    ]),
  ),
  ...Object.fromEntries(
    ['HTTP/9.9', 'HTTP/2.0', 'HTTP/3.0', 'HTTP/1.2', 'HTTP/0.9', ''].map((version) => [
      `the version ${JSON.stringify(version)}`,
      [head(`GET /v1/limits ${version}`.trim(), 'Host: localhost'), 'version_not_supported', /HTTP\/1\.1/],
    ]),
  ),
  ...Object.fromEntries(
    ['gzip, chunked', 'gzip,chunked', 'identity, chunked', 'x-odd,\tCHUNKED'].map((coding) => [
      `the Transfer-Encoding ${JSON.stringify(coding)}`,
      [
        head('POST /v1/images HTTP/1.1', 'Host: localhost', `Transfer-Encoding: ${coding}`),
        'coding_not_implemented',
        /chunked/i,
      ],
    ]),
  ),
  'two Transfer-Encodings': [
    head('POST /v1/images HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'),
    'coding_not_implemented',
    /gzip/,
  ],
  'a Transfer-Encoding that does not end in chunked': [
    head('POST /v1/images HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: gzip'),
    'malformed_request',
    /./,
  ],
  'a Transfer-Encoding with HTTP/1.0': [
    head('POST /v1/images HTTP/1.0', 'Host: localhost', 'Transfer-Encoding: chunked'),
    'malformed_request',
    /HTTP\/1\.0/,
  ],
  ...Object.fromEntries(
    ['*', 'ftp://localhost/v1/limits', 'http://a b/', 'http://user@localhost/v1/limits', 'http:///v1/limits'].map(
      (target) => [
        `the target ${target}`,
        [head(`GET ${target} HTTP/1.1`, 'Host: localhost'), 'malformed_request', /./],
      ],
    ),
  ),
};

/** Some of these announce a body that never arrives. */
const LIMITS = { lingering: { totalMs: 500, silentMs: 100 } };

describe('A wrong request head', () => {
  let services: Services;
  const gateway = createGateway({}, { limits: LIMITS });
  let bases: Record<string, string>;
  before(async () => {
    services = await startServices({ limits: LIMITS });
    const { upload, download, asyncUpload } = services;
    bases = { gateway: await listen(gateway), upload, download, asyncUpload };
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  for (const [name, [bytes, code, says]] of Object.entries(REFUSED)) {
    it(`is answered with a problem: ${name}`, async () => {
      for (const [server, base] of Object.entries(bases)) {
        const problem = expectProblem(await sendBytes(base, bytes), code);
        expect(problem.detail, server).to.match(says);
      }
    });
  }

  const hidden = 'DELETE /v1/images/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const framings = {
    'an unknown transfer coding': ['HTTP/1.1', 'Transfer-Encoding: gzip, chunked', '0\r\n\r\n'],
    'chunks with HTTP/1.0, which does not have them': [
      'HTTP/1.0',
      'Transfer-Encoding: chunked\r\nConnection: keep-alive',
      '0\r\n\r\n',
    ],
    'HTTP/2.0': ['HTTP/2.0', 'Connection: keep-alive\r\nContent-Length: 0', ''],
  };
  for (const [name, [version, framing, body]] of Object.entries(framings)) {
    it(`closes its connection if the end of its body is unknown: ${name}`, async () => {
      for (const [server, base] of Object.entries(bases)) {
        const socket = await openSocket(base);
        socket.write(`POST /v1/images ${version}\r\nHost: localhost\r\n${framing}\r\n\r\n${body}${hidden}`);
        const text = Buffer.concat(await socket.toArray()).toString();
        expect(text.match(/HTTP\/1\.1 \d+/g), server).to.have.length(1);
        expect(text, server).to.match(/\r\nconnection: close\r\n/i);
      }
    });
  }

  it('does not affect the next request of its connection', async () => {
    for (const base of Object.values(bases)) {
      const socket = await openSocket(base);
      socket.write('GET /health HTTP/1.1\r\n\r\n');
      socket.write(head('GET /health HTTP/1.1', 'Host: localhost', 'Host: localhost'));
      const text = Buffer.concat(await socket.toArray()).toString();
      expect(text.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 400', 'HTTP/1.1 400']);
    }
  });

  it('is answered before the connection is closed, even if the client goes on sending', async () => {
    // The default time limits are used, because a busy machine may need some of the time.
    const patient = await startServices();
    const patientGateway = createGateway({});
    const piece = Buffer.alloc(64 * 1024, 'a');
    for (const [server, base] of Object.entries({ service: patient.upload, gateway: await listen(patientGateway) })) {
      for (let round = 0; round < 5; round += 1) {
        const socket = await openSocket(base);
        const errors: string[] = [];
        socket.on('error', ({ message }) => errors.push(message));
        socket.write('POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1x\r\n\r\n');
        for (let sent = 0; sent < 32; sent += 1) socket.write(piece);
        socket.end();
        const text = Buffer.concat(await socket.toArray()).toString();
        expect(text, server).to.match(/^HTTP\/1\.1 400 /);
        expect(errors, server).to.deep.equal([]);
      }
    }
    await end(patientGateway);
    await patient.stop();
  });

  const taken = {
    'no Host with HTTP/1.0': head('GET /v1/limits HTTP/1.0'),
    'an address as Host': head('GET /v1/limits HTTP/1.1', 'Host: 127.0.0.1:1'),
    'an IPv6 address as Host': head('GET /v1/limits HTTP/1.1', 'Host: [::1]:8080'),
    'an absolute URL as target': head('GET http://localhost/v1/limits HTTP/1.1', 'Host: localhost'),
    'an absolute URL as target whose authority overrides the Host': head(
      'GET HTTP://127.0.0.1:1/v1/limits HTTP/1.1',
      'Host: example.org',
    ),
    'an Expect with HTTP/1.0, which ignores it': head('GET /v1/limits HTTP/1.0', 'Expect: 100-continue'),
    'an Upgrade header': head('GET /v1/limits HTTP/1.1', 'Host: localhost', 'Upgrade: h2c'),
  };
  for (const [name, bytes] of Object.entries(taken)) {
    it(`is not reported for ${name}`, async () => {
      expect((await sendBytes(services.download, bytes)).status).to.equal(200);
    });
  }

  it('is logged with its request id', async () => {
    services.logs.splice(0);
    const answer = await sendBytes(services.download, REFUSED['no Host']?.[0] ?? '');
    const line = services.logs.find(({ code }) => code === 'malformed_request');
    expect(line?.requestId).to.equal(answer.headers['x-request-id']);
  });
});
