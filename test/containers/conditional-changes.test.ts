import { expect } from 'chai';
import { expectProblem, jsonOf, type Outgoing, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg');

type Headers = NonNullable<Outgoing['headers']>;

const PAST = 'Sat, 01 Jan 2000 00:00:00 GMT';
const match = (value: string) => ({ 'if-match': value });

/** Requests that change something of which nobody tells an ETag. */
const OTHERS: Record<string, { service: 'upload' | 'asyncUpload'; line: string; type?: string; body?: string }> = {
  'an upload': { service: 'upload', line: 'POST /v1/images' },
  'an upload in parts': {
    service: 'asyncUpload',
    line: 'POST /v1/uploads',
    type: 'application/json',
    body: '{"contentType":"image/jpeg"}',
  },
};

describe('Another change under a condition', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  for (const [what, { service, line, type, body = jpeg }] of Object.entries(OTHERS)) {
    it(`is not made where the condition asks for a version: ${what}`, async () => {
      const [method = '', path = ''] = line.split(' ');
      const ask = (headers: Headers) =>
        send(services[service], { method, path, headers: { ...(type && { 'content-type': type }), ...headers }, body });
      const before = await services.leftovers();
      for (const headers of [match('"x"'), match('W/"x"'), { 'if-none-match': '*' }])
        expectProblem(await ask(headers), 'precondition_failed');
      expect(await services.leftovers()).to.deep.equal(before);
      for (const headers of [match('*'), { 'if-none-match': '"x"' }, { 'if-unmodified-since': PAST }])
        expect((await ask(headers)).status).to.equal(201);
    });
  }

  it('is not made where the condition asks for a version: renditions, a part, the end of an upload', async () => {
    const { links } = jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg }));
    const json = { 'content-type': 'application/json' };
    const { uploadId } = jsonOf(
      await send(services.asyncUpload, {
        method: 'POST',
        path: '/v1/uploads',
        headers: json,
        body: '{"contentType":"image/jpeg"}',
      }),
    );
    const upload = `/v1/uploads/${uploadId}`;
    const ask = (base: string, outgoing: Outgoing) =>
      send(base, { ...outgoing, headers: { ...outgoing.headers, 'if-match': '"x"' } });
    const answers = [
      await ask(services.upload, {
        method: 'POST',
        path: `${links.self}/renditions`,
        headers: json,
        body: '{"renditions":["thumb"]}',
      }),
      await ask(services.asyncUpload, { method: 'PUT', path: `${upload}/parts/1`, body: jpeg }),
      await ask(services.asyncUpload, { method: 'DELETE', path: upload }),
    ];
    for (const answer of answers) expectProblem(answer, 'precondition_failed');
    expect(jsonOf(await send(services.asyncUpload, { path: upload })).status).to.equal('open');
  });
});
