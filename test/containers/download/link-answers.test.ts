import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { eventually } from '../../support/eventually.ts';
import { openEvents } from '../../support/http/event-stream.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { askForLink, linkTo, signedFor } from '../../support/http/links.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf, expectSameHead } from '../../support/services/downloads.ts';
import { type ServicesOptions, startServices } from '../../support/services/services.ts';
import { turnedClock } from '../../support/turned-clock.ts';

const AUTHORIZATION = { authorization: 'Bearer a-key' };
const apiKeys = createHash('sha256').update('a-key').digest('hex');
const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

async function start(options: ServicesOptions = {}) {
  const downloads = downloadsOf(await startServices({ apiKeys, ...options }));
  const upload = async (query: string): Promise<string> => {
    const path = `/v1/images?${query}`;
    const sent = { method: 'POST', path, headers: AUTHORIZATION, body: jpeg };
    return jsonOf(await send(downloads.services.upload, sent)).imageId;
  };
  return { downloads, upload };
}

const maxAgeOf = (header: unknown): number => Number(/^private, max-age=(\d+)$/.exec(String(header))?.[1]);

describe('A response to a signed link', () => {
  let downloads: Downloads;
  let upload: (query: string) => Promise<string>;
  before(async () => {
    ({ downloads, upload } = await start({ corsOrigins: 'https://app.example.com' }));
  });
  after(() => downloads.services.stop());

  const ready = async (visibility = 'private') => {
    const imageId = await upload(`visibility=${visibility}&rendition=thumb`);
    await downloads.make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
    const { links, renditions } = jsonOf(await downloads.get(`/v1/images/${imageId}`, AUTHORIZATION));
    return { imageId, original: links.original, file: links.file, ...renditions[0].links };
  };

  it('is cached only by the client, and never for longer than the link is valid', async () => {
    for (const visibility of ['private', 'public']) {
      const { original, self, file } = await ready(visibility);
      for (const path of [original, self, file]) {
        const most = path === file ? LIMITS.linkSeconds : 60;
        for (const seconds of [50, 3600, LIMITS.linkSeconds]) {
          const { headers } = await downloads.get(signedFor(path, seconds));
          const age = maxAgeOf(headers['cache-control']);
          // The lower bound allows for the time that the answer took.
          const least = Math.min(most, Math.max(0, seconds - 60));
          expect(age, `${path} ${headers['cache-control']}`).to.be.within(least, Math.min(most, seconds));
        }
      }
    }
  });

  it('supports preconditions, ranges, HEAD and ?download as usual', async () => {
    const { original, self, file } = await ready();
    for (const path of [original, self, file]) {
      const url = signedFor(path, 3600);
      const whole = await downloads.get(url);
      const [eTag, length] = [String(whole.headers.etag), whole.body.length];
      // How long an answer may be cached shrinks by the second, so both must be of the same one.
      const [head, get] = await eventually('both answers come in one second', async () => {
        const both = [await downloads.get(url, {}, 'HEAD'), await downloads.get(url)] as const;
        return both[0].headers['cache-control'] === both[1].headers['cache-control'] && both;
      });
      expectSameHead(head, get);
      const unchanged = await downloads.get(url, { 'if-none-match': eTag });
      expect(unchanged.status).to.equal(304);
      expect(maxAgeOf(unchanged.headers['cache-control'])).to.be.at.most(3600);
      const part = await downloads.get(url, { range: 'bytes=2-5' });
      expect([part.status, part.headers['content-range']]).to.deep.equal([206, `bytes 2-5/${length}`]);
      expect(part.body.equals(whole.body.subarray(2, 6))).to.equal(true);
      expectProblem(await downloads.get(url, { 'if-match': '"other"' }), 'precondition_failed');
      const saved = await downloads.get(`${url}&download=holiday`);
      expect(saved.headers['content-disposition']).to.match(/^attachment; filename="?holiday\.(jpg|webp)"?$/);
      for (const query of ['&v=2', '&fbclid=a']) expect((await downloads.get(url + query)).status).to.equal(200);
    }
  });

  it('may be read and shown by any page', async () => {
    const { original, self } = await ready();
    for (const origin of ['https://app.example.com', 'https://stranger.example.com']) {
      for (const path of [original, self]) {
        const { headers } = await downloads.get(signedFor(path, 60), { origin });
        expect(headers).to.include({
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
        });
        const refused = await downloads.get(signedFor(path, -1), { origin });
        expect(refused.headers['access-control-allow-origin']).to.equal('*');
      }
    }
    const keyed = await downloads.get(original, { ...AUTHORIZATION, origin: 'https://stranger.example.com' });
    expect(keyed.headers).to.not.have.any.keys('access-control-allow-origin', 'cross-origin-resource-policy');
  });

  it('is not repeated by the cache of 304 answers', async () => {
    const { original } = await ready('public');
    const { etag } = (await downloads.get(original)).headers;
    const conditional = { 'if-none-match': String(etag) };
    const ask = async (url: string) => String((await downloads.get(url, conditional)).headers['cache-control']);
    for (const round of [1, 2]) {
      expect(await ask(signedFor(original, 600)), `by a link, ${round}`).to.match(/^private, /);
      expect(await ask(original), `without, ${round}`).to.match(/^public, /);
      expectProblem(await downloads.get(signedFor(original, -1), conditional), 'link_expired');
      expectProblem(await downloads.get(`${original}?v=1?&signature=a`, conditional), 'link_invalid');
    }
  });

  it('says that a rendition is being made or has failed, and nothing more', async () => {
    const imageId = await upload('visibility=private&rendition=thumb&rendition=small');
    const url = signedFor(`/v1/images/${imageId}/renditions/thumb`, 60);
    const pending = await downloads.get(url);
    expect([pending.status, pending.headers['cache-control']]).to.deep.equal([202, 'no-store']);
    expect(Number(pending.headers['retry-after'])).to.be.at.least(1);
    expect(jsonOf(pending)).to.deep.equal({ status: 'queued' });
    const waiting = downloads.get(url, { prefer: 'wait=30' });
    await downloads.make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
    expect((await waiting).body.equals(webp)).to.equal(true);
    await downloads.fail({ imageId, name: 'small' });
    const failed = await downloads.get(signedFor(`/v1/images/${imageId}/renditions/small`, 60));
    expect(expectProblem(failed, 'rendition_failed')).to.not.have.property('failure');
  });

  it('is 410 when the image is deleted', async () => {
    const { imageId, original, self, file } = await ready();
    const urls = [original, self, file, `/v1/images/${imageId}/events`].map((path) => signedFor(path, 60));
    await send(downloads.services.upload, { method: 'DELETE', path: `/v1/images/${imageId}`, headers: AUTHORIZATION });
    for (const url of urls.slice(0, 3)) expectProblem(await downloads.get(url), 'image_deleted');
    expectProblem(await downloads.get(urls[3] ?? ''), 'image_deleted');
    expectProblem(
      await askForLink(downloads.services, imageId, { target: 'original' }, AUTHORIZATION),
      'image_deleted',
    );
  });

  /** Opens a stream by a link that is valid for a second or two. A busy machine may let it expire before the request. */
  const openSoonOver = async (path: string) => {
    for (;;) {
      const url = signedFor(path, 2);
      const stream = await openEvents(downloads.services.download + url, { origin: 'https://stranger.example.com' });
      if (stream.status === 200) return { url, stream };
    }
  };

  it('is a stream of events that ends when the link expires, and not before', async () => {
    const imageId = await upload('visibility=private&rendition=thumb');
    const path = `/v1/images/${imageId}/events`;
    const { url, stream } = await openSoonOver(path);
    expect(stream.headers['access-control-allow-origin']).to.equal('*');
    expect(await stream.ended()).to.deep.equal(['image']);
    const end = Number(new URL(url, 'http://a').searchParams.get('expires')) * 1000;
    expect(Date.now()).to.be.at.least(end - 20);
    const [last] = stream.events;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now())));
    expectProblem(await downloads.get(url, { 'last-event-id': String(last?.id) }), 'link_expired');
  });

  it('is 204 if no more events will come', async () => {
    const { imageId } = await ready();
    const url = signedFor(`/v1/images/${imageId}/events`, 60);
    const stream = await openEvents(downloads.services.download + url);
    expect(await stream.ended()).to.deep.equal(['image', 'settled']);
    const { status, headers } = await downloads.get(url, { 'last-event-id': String(stream.events.at(-1)?.id) });
    expect([status, headers['access-control-allow-origin']]).to.deep.equal([204, '*']);
  });
});

describe('POST /v1/images/{imageId}/links', () => {
  let downloads: Downloads;
  let imageId: string;
  before(async () => {
    let upload: (query: string) => Promise<string>;
    ({ downloads, upload } = await start());
    imageId = await upload('visibility=private&rendition=thumb');
  });
  after(() => downloads.services.stop());
  const ask = (body: object, headers: Record<string, string> = AUTHORIZATION, id = imageId) =>
    askForLink(downloads.services, id, body, headers);

  it('signs for an hour by default, and is not cached', async () => {
    const answer = await ask({ target: 'original' });
    expect([answer.status, answer.headers['cache-control']]).to.deep.equal([201, 'no-store']);
    const { url, expiresAt } = jsonOf(answer);
    const left = Date.parse(expiresAt) - Date.now();
    expect(left / 1000).to.be.within(LIMITS.defaultLinkSeconds - 60, LIMITS.defaultLinkSeconds);
    expect(new URL(url, 'http://a').searchParams.get('expires')).to.equal(String(Date.parse(expiresAt) / 1000));
  });

  it('signs for a rendition that is being made, and for one with an extension', async () => {
    for (const name of ['thumb', 'thumb.avif']) {
      const { url } = await linkTo(downloads.services, imageId, { target: 'rendition', name }, AUTHORIZATION);
      expect(url.split('?')[0]).to.equal(`/v1/images/${imageId}/renditions/${name}`);
      expect((await downloads.get(url)).status).to.equal(202);
    }
  });

  it('requires a key, even with a signed link', async () => {
    const { url } = await linkTo(downloads.services, imageId, { target: 'original' }, AUTHORIZATION);
    expectProblem(await ask({ target: 'original' }, {}), 'unauthenticated');
    expectProblem(await ask({ target: 'original' }, { authorization: 'Bearer wrong' }), 'unauthenticated');
    const [, query] = url.split('?');
    const sent = { method: 'POST', path: `/v1/images/${imageId}/links?${query}`, body: '{"target":"original"}' };
    expectProblem(await send(downloads.services.download, sent), 'unauthenticated');
  });

  it('does not sign for targets that do not exist', async () => {
    const missing = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
    expectProblem(await ask({ target: 'original' }, AUTHORIZATION, missing), 'image_not_found');
    for (const name of ['small', 'small.avif', 'thumb.svg', 'thumb.bmp'])
      expectProblem(await ask({ target: 'rendition', name }), 'rendition_not_found');
    for (const name of ['original', `${'0'.repeat(32)}.jpg`])
      expectProblem(await ask({ target: 'file', name }), 'file_not_found');
  });

  const WRONG: Record<string, object> = {
    'no target': {},
    'another target': { target: 'record' },
    'a rendition without a name': { target: 'rendition' },
    'a file without a name': { target: 'file' },
    'an original with a name': { target: 'original', name: 'thumb' },
    'a path as a name': { target: 'rendition', name: 'thumb/../../original' },
    'zero seconds': { target: 'original', expiresInSeconds: 0 },
    'more seconds than allowed': { target: 'original', expiresInSeconds: LIMITS.linkSeconds + 1 },
    'a fraction of a second': { target: 'original', expiresInSeconds: 0.5 },
    'seconds as text': { target: 'original', expiresInSeconds: '60' },
    'a time instead of seconds': { target: 'original', expiresAt: '2100-01-01T00:00:00Z' },
  };
  for (const [what, body] of Object.entries(WRONG)) {
    it(`refuses ${what}`, async () => {
      expectProblem(await ask(body), 'invalid_request');
    });
  }
});

describe('Signed links', () => {
  it('cannot be created, and are not valid, if LINK_KEYS is not set', async () => {
    const { downloads, upload } = await start({ linkKeys: '' });
    try {
      const imageId = await upload('visibility=private');
      const answer = await askForLink(downloads.services, imageId, { target: 'original' }, AUTHORIZATION);
      expect(expectProblem(answer, 'links_unavailable').detail).to.include('LINK_KEYS');
      const path = `/v1/images/${imageId}/original`;
      expectProblem(await downloads.get(signedFor(path, 60)), 'link_invalid');
      const ofNoKey = signedFor(path, 60, { id: '', secret: '' });
      expectProblem(await downloads.get(ofNoKey), 'link_invalid');
      expect((await downloads.get(path, AUTHORIZATION)).status).to.equal(200);
    } finally {
      await downloads.services.stop();
    }
  });

  it('open only events if SIGNED_URLS is on, and are verified wherever they are given', async () => {
    const { downloads, upload } = await start({ signedUrls: true, clock: turnedClock() });
    try {
      const imageId = await upload('visibility=private');
      const ask = (target: 'original' | 'events') => askForLink(downloads.services, imageId, { target }, AUTHORIZATION);
      expect(expectProblem(await ask('original'), 'links_unavailable').detail).to.include('SIGNED_URLS');
      expect((await downloads.get(jsonOf(await ask('events')).url)).status).to.equal(200);
      const path = `/v1/images/${imageId}/original`;
      expect((await downloads.get(path)).status).to.equal(200);
      expectProblem(await downloads.get(signedFor(path, -1)), 'link_expired');
    } finally {
      await downloads.services.stop();
    }
  });
});
