import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { jpeg, ROWS, type Row } from '../../support/http/conformance-rows.ts';
import { type Answered, jsonOf, send, sendBytes } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { type Services, startServices } from '../../support/services/services.ts';

describe('A raw request, by the RFCs,', () => {
  const limits = { lingering: { totalMs: 500, silentMs: 100 } };
  let services: Services;
  let gateway: ReturnType<typeof createGateway>;
  let entrance: string;
  let self: string;
  /** The ETag of the compressed OpenAPI document. */
  let coded: string;
  before(async () => {
    services = await startServices({ limits });
    const { upload, download, asyncUpload } = services;
    gateway = createGateway({ 'sync-upload': upload, 'async-upload': asyncUpload, download }, { limits });
    entrance = await listen(gateway);
    const headers = { 'accept-encoding': 'gzip' };
    coded = String((await send(download, { path: '/openapi.json', headers })).headers.etag);
    expect(coded).to.match(/-gzip"$/);
    self = jsonOf(await send(upload, { method: 'POST', path: '/v1/images', body: jpeg })).links.self;
  });
  after(async () => {
    await end(gateway);
    await services.stop();
  });

  const check = ({ status, headers }: Answered, row: Row, where: string) => {
    expect(status, where).to.equal(row.status);
    for (const [name, value] of Object.entries(row.has ?? {})) {
      if (typeof value === 'string') expect(headers[name], `${name} ${where}`).to.equal(value);
      else expect(headers[name], `${name} ${where}`).to.match(value);
    }
    if (row.lacks) expect(headers, where).to.not.have.any.keys(...row.lacks);
  };

  for (const row of ROWS) {
    const { section, service, line, headers = [], status } = row;
    it(`is answered with ${status} (${section}): ${[line, ...headers].join(', ')}`, async () => {
      const text = [
        `${line.replace('SELF', self)} HTTP/1.1`,
        'Host: localhost',
        ...headers.map((header) => header.replace('CODED', coded)),
        'Connection: close',
        '',
        '',
      ];
      for (const [where, base] of Object.entries({
        'at the service': services[service],
        'through the gateway': entrance,
      }))
        check(await sendBytes(base, text.join('\r\n')), row, where);
    });
  }

  it('has deleted only what it should', async () => {
    expect((await send(services.download, { path: self })).status).to.equal(200);
  });
});
