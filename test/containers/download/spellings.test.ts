import { expect } from 'chai';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

describe('Downloads, whose paths a CDN caches and invalidates as they are spelled,', () => {
  let services: Services;
  let links: { original: string; file: string; self: string };
  before(async () => {
    services = await startServices();
    const body = await photograph('jpeg');
    ({ links } = jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body })));
  });
  after(() => services.stop());

  const spellings: Record<string, (path: string) => string> = {
    'dots that are spelled out': (path) => path.replace('/v1/images', '/v1/images/%2e%2e/images'),
    dots: (path) => path.replace('/v1/', '/v1/x/../'),
    'a dot': (path) => path.replace('/v1/', '/v1/./'),
    'a letter spelled out': (path) => path.replace('images', '%69mages'),
    'a letter of the id spelled out': (path) =>
      path.replace(/[0-9a-f]{8}-/, (id) => `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`),
  };
  for (const [name, spell] of Object.entries(spellings)) {
    for (const link of ['original', 'file'] as const) {
      it(`answer 404 to ${name} in the path of the ${link}`, async () => {
        expect((await send(services.download, { path: links[link] })).status).to.equal(200);
        const answer = await send(services.download, { path: spell(links[link]) });
        expect(expectProblem(answer, 'route_not_found').detail).to.include(links[link]);
      });
    }
  }

  it('are found at an absolute URL, and with a query', async () => {
    for (const path of [`${services.download}${links.file}`, `${links.file}?download`])
      expect((await send(services.download, { path })).status, path).to.equal(200);
  });

  for (const date of ['1', '2020', 'yesterday', '']) {
    it(`ignore If-Unmodified-Since: ${JSON.stringify(date)}, which is no date`, async () => {
      const headers = { 'if-unmodified-since': date };
      expect((await send(services.download, { path: links.original, headers })).status).to.equal(200);
    });
  }

  it('accept headers without meaning', async () => {
    const headers = { accept: '', prefer: '', range: '', 'if-none-match': '', 'if-match': '' };
    const answer = await send(services.download, { path: links.original, headers: { ...headers } });
    expect([200, 412]).to.include(answer.status);
    expect(
      (await send(services.download, { path: links.original, headers: { accept: '', range: '' } })).status,
    ).to.equal(200);
  });

  it('are saved under names without control characters', async () => {
    const name = encodeURIComponent('a\u202egpj.exe\u0000\r\n');
    const { headers } = await send(services.download, { path: `${links.original}?download=${name}` });
    expect(headers['content-disposition']).to.equal('attachment; filename=a_gpj.exe___.jpg');
  });
});
