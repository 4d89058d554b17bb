import { expect } from 'chai';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);

/** Texts of the API with an ETag; those of more than 1 KiB are compressed. */
const TEXTS: Record<string, { path: string; isPacked: boolean }> = {
  'the list': { path: '/v1/images', isPacked: true },
  'a page of the list': { path: '/v1/images?limit=1', isPacked: false },
  'the limits': { path: '/v1/limits', isPacked: true },
  'the document of the API': { path: '/openapi.json', isPacked: true },
  'the front page': { path: '/', isPacked: true },
  'the page of it': { path: '/docs', isPacked: false },
  'a script of the page': { path: '/docs/swagger-ui-bundle.js', isPacked: true },
  'the script that starts it': { path: '/docs/start.js', isPacked: false },
};

describe('A text of the API', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
    for (let count = 0; count < 3; count += 1)
      await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg });
  });
  after(() => services.stop());

  const get = (path: string, headers: Outgoing['headers'] = {}, method = 'GET'): Promise<Answered> =>
    send(services.download, { method, path, headers });
  const gzip = { 'accept-encoding': 'gzip' };

  for (const [what, { path, isPacked }] of Object.entries(TEXTS)) {
    describe(`such as ${what}`, () => {
      it('has a strong ETag, and another one if it is compressed', async () => {
        const [plain, packed] = [await get(path), await get(path, gzip)];
        expect(plain.headers.etag).to.match(/^"[\w-]{27}"$/);
        expect(packed.headers['content-encoding']).to.equal(isPacked ? 'gzip' : undefined);
        const own = String(plain.headers.etag).slice(0, -1);
        expect(packed.headers.etag).to.equal(isPacked ? `${own}-gzip"` : `${own}"`);
      });

      it('answers 304 to a client that has it', async () => {
        for (const headers of [{}, gzip]) {
          const { etag, 'cache-control': kept } = (await get(path, headers)).headers;
          for (const had of [String(etag), `W/${etag}`, `"other", ${etag}`, '*']) {
            const answer = await get(path, { ...headers, 'if-none-match': had });
            expect([answer.status, answer.body.length], had).to.deep.equal([304, 0]);
            expect(answer.headers, had).to.include({ 'cache-control': kept });
            expect(answer.headers, had).to.not.have.any.keys('content-length', 'content-encoding');
          }
          const told = await get(path, { ...headers, 'if-none-match': String(etag) });
          expect(told.headers.etag).to.equal(etag);
          expect((await get(path, { ...headers, 'if-none-match': '"other"' })).status).to.equal(200);
        }
      });

      it('answers 412 to a request for another version, by the strong comparison and before all else', async () => {
        const { etag } = (await get(path)).headers;
        const refused = { 'another ETag': '"other"', 'a weak one': `W/${etag}`, 'none at all': 'other' };
        for (const [name, match] of Object.entries(refused)) {
          expectProblem(await get(path, { 'if-match': match, 'if-none-match': String(etag) }), 'precondition_failed');
          expect((await get(path, { 'if-match': match }, 'HEAD')).status, name).to.equal(412);
        }
        for (const match of [String(etag), `"other", ${etag}`, '*'])
          expect((await get(path, { 'if-match': match })).status, match).to.equal(200);
      });

      it('has the same headers for HEAD and GET, whatever coding is accepted', async () => {
        for (const headers of [{}, gzip, { 'accept-encoding': 'br' }]) {
          const [read, head] = [await get(path, headers), await get(path, headers, 'HEAD')];
          const ofMessage = ({ headers: { date: _date, 'x-request-id': _id, ...others } }: Answered) => {
            const { 'transfer-encoding': _framing, ...same } = others;
            return same;
          };
          expect(ofMessage(head)).to.deep.equal(ofMessage(read));
          expect(head.body).to.have.length(0);
        }
      });
    });
  }

  it('changes its ETag when the text changes', async () => {
    const before = (await get('/v1/images')).headers.etag;
    const { imageId } = jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg }));
    const added = (await get('/v1/images')).headers.etag;
    await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
    expect(added).to.not.equal(before);
    expect((await get('/v1/images')).headers.etag).to.equal(before);
  });
});
