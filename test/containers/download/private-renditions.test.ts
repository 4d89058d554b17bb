import { expect } from 'chai';
import type { ImageView } from '../../../shared/contracts/api/image-view.ts';
import { fileOfKey } from '../../../shared/domain/object-key.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { linkTo } from '../../support/http/links.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf, type Headers } from '../../support/services/downloads.ts';
import { as } from '../../support/services/owners.ts';
import { startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');
const webp = await photograph('webp', 20, 20);
const avif = await photograph('avif', 20, 20);

describe('A private rendition of a public image', () => {
  let downloads: Downloads;
  let owner: Record<string, string>;
  let strangers: Headers[];
  let image: ImageView;
  let paths: { byName: string; byFile: string };
  before(async () => {
    downloads = downloadsOf(await startServices({ owners: true }));
    owner = await as('alice');
    strangers = [{}, { authorization: 'Bearer wrong' }, await as('bob'), await as('alice', ['images:write'])];
  });
  after(() => downloads.services.stop());
  beforeEach(async () => {
    const uploaded = await send(downloads.services.upload, {
      ...{ method: 'POST', path: '/v1/images?visibility=public&rendition=thumb&rendition=small' },
      ...{ headers: owner, body: jpeg },
    });
    image = jsonOf(uploaded);
    const { key } = await downloads.make(named('thumb'), { bytes: webp, format: 'webp', isPrivate: true });
    await downloads.make(named('small'), { bytes: webp, format: 'webp' });
    const { self } = image.links;
    paths = { byName: `${self}/renditions/thumb`, byFile: `${self}/files/${fileOfKey(key)}` };
  });

  const named = (name: string) => ({ imageId: image.imageId, name });
  const request = async (rendition: object) => {
    const asked = await send(downloads.services.upload, {
      ...{ method: 'POST', path: `${image.links.self}/renditions` },
      headers: { ...owner, 'content-type': 'application/json' },
      body: JSON.stringify({ renditions: [rendition] }),
    });
    expect(asked.status).to.equal(202);
  };
  const get = (path: string, headers: Headers = {}) => downloads.get(path, headers);

  it('is sent to its owner, and no cache but his may keep it', async () => {
    for (const path of Object.values(paths)) {
      const whole = await get(path, owner);
      const unchanged = await get(path, { ...owner, 'if-none-match': String(whole.headers.etag) });
      expect([whole.status, unchanged.status]).to.deep.equal([200, 304]);
      for (const { headers } of [whole, unchanged]) {
        expect(headers['cache-control']).to.match(/^private/);
        expect(headers).to.not.have.any.keys('access-control-allow-origin', 'cross-origin-resource-policy');
      }
    }
  });

  it('is to others as if nobody had asked for it, also after the owner has had it not modified', async () => {
    const { headers } = await get(paths.byName, owner);
    const known = { 'if-none-match': String(headers.etag) };
    await get(paths.byName, { ...owner, ...known });
    for (const stranger of strangers) {
      for (const more of [{}, known, { prefer: 'wait=1' }]) {
        const hidden = await get(paths.byName, { ...stranger, ...more });
        const missing = await get(`${image.links.self}/renditions/none`, { ...stranger, ...more });
        expectProblem(hidden, 'rendition_not_found');
        expect(withoutNames(hidden)).to.deep.equal(withoutNames(missing));
        expectProblem(await get(paths.byFile, { ...stranger, ...more }), 'file_not_found');
      }
      expect((await get(`${image.links.self}/renditions/small`, stranger)).status).to.equal(200);
      expect((await get(image.links.original, stranger)).status).to.equal(200);
    }
  });

  const withoutNames = ({ status, headers, body }: Awaited<ReturnType<typeof get>>) => {
    const { date: _date, 'x-request-id': _id, 'content-length': _length, ...others } = headers;
    return {
      status,
      headers: others,
      body: body
        .toString()
        .replace(/thumb|none/, '')
        .replace(/"requestId":"[^"]*"/, ''),
    };
  };

  it('is hidden from those who waited for it', async () => {
    const path = `${image.links.self}/renditions/late`;
    await request({ name: 'late', commands: [{ operation: 'resize', width: 7 }], output: { format: 'webp' } });
    expect((await get(path)).status).to.equal(202);
    const waiting = [get(path, { prefer: 'wait=30' }), get(path, { ...owner, prefer: 'wait=30' })] as const;
    await downloads.isWaitedFor(image.imageId);
    await downloads.make(named('late'), { bytes: webp, format: 'webp', isPrivate: true });
    expectProblem(await waiting[0], 'rendition_not_found');
    expect((await waiting[1]).status).to.equal(200);
  });

  it('opens by a link of its owner', async () => {
    for (const target of [
      { target: 'rendition', name: 'thumb' },
      { target: 'file', name: paths.byFile.split('/').at(-1) },
    ]) {
      const { url } = await linkTo(downloads.services, image.imageId, target as never, owner);
      const answer = await get(url);
      expect(answer.status).to.equal(200);
      expect(answer.headers['cache-control']).to.match(/^private, max-age=/);
    }
  });

  it('has no better format made for others, who are not sent one that is there', async () => {
    await request({ name: 'best', commands: [], output: { format: 'auto' } });
    await downloads.make(named('best'), { bytes: jpeg, format: 'jpeg', isPrivate: true });
    const byName = `${image.links.self}/renditions/best`;
    const accept = { accept: 'image/avif,image/webp' };
    expectProblem(await get(byName, accept), 'rendition_not_found');
    expect(downloads.timesQueued(named('best.avif'))).to.equal(0);
    expect((await get(byName, { ...owner, ...accept })).status).to.equal(200);
    expect(downloads.timesQueued(named('best.avif'))).to.equal(1);
    await downloads.make(named('best.avif'), { bytes: avif, format: 'avif', isPrivate: true });
    for (const path of [byName, `${byName}.avif`]) {
      expectProblem(await get(path, accept), 'rendition_not_found');
      const own = await get(path, { ...owner, ...accept });
      expect(own.headers).to.include({ 'content-type': 'image/avif' });
      expect(own.headers['cache-control']).to.match(/^private/);
    }
  });

  describe('that is another format of a public one', () => {
    const ACCEPTED = { accept: 'image/avif,image/webp' };
    let byName: string;
    let waysOf: (headers: Headers) => Promise<Awaited<ReturnType<typeof get>>>[];
    beforeEach(async () => {
      await request({ name: 'best', commands: [], output: { format: 'auto' } });
      await downloads.make(named('best'), { bytes: jpeg, format: 'jpeg' });
      byName = `${image.links.self}/renditions/best`;
      waysOf = (headers) => [
        get(byName, { ...headers, ...ACCEPTED }),
        get(`${byName}.avif`, headers),
        get(byName, { ...headers, ...ACCEPTED, prefer: 'wait=1' }),
      ];
    });
    const makePrivate = () => downloads.make(named('best.avif'), { bytes: avif, format: 'avif', isPrivate: true });

    it('leaves others the public one, as if the other format were never to be, and is sent to its owner', async () => {
      await get(byName, ACCEPTED);
      await makePrivate();
      for (let time = 0; time < 2; time += 1) {
        for (const answer of await Promise.all(strangers.flatMap(waysOf))) {
          expect(answer.status).to.equal(200);
          expect(answer.headers['content-type']).to.equal('image/jpeg');
          expect(answer.headers['cache-control']).to.match(/^public/);
          expect(answer.body.equals(jpeg)).to.equal(true);
        }
        for (const answer of await Promise.all(waysOf(owner))) {
          expect(answer.headers['content-type']).to.equal('image/avif');
          expect(answer.headers['cache-control']).to.match(/^private/);
        }
      }
      const { headers } = await get(byName, ACCEPTED);
      const unchanged = await get(byName, { ...ACCEPTED, 'if-none-match': String(headers.etag) });
      expect(unchanged.status).to.equal(304);
      expect(downloads.timesQueued(named('best.avif'))).to.equal(1);
    });

    it('leaves it to those who waited for the other format', async () => {
      await get(byName, ACCEPTED);
      const waiting = get(`${byName}.avif`, { prefer: 'wait=30' });
      await makePrivate();
      const answer = await waiting;
      expect([answer.status, answer.headers['content-type']]).to.deep.equal([200, 'image/jpeg']);
    });
  });

  it('says in the record that it is private, and others of the image say nothing', async () => {
    const { renditions } = jsonOf(await get(image.links.self, owner)) as ImageView;
    const shown = renditions?.map(({ name, visibility }) => [name, visibility]);
    expect(shown).to.deep.equal([
      ['thumb', 'private'],
      ['small', undefined],
    ]);
  });
});
