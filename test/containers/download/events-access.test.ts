import { expect } from 'chai';
import type { ImageView } from '../../../shared/contracts/api/image-view.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import { eventually } from '../../support/eventually.ts';
import { openEvents } from '../../support/http/event-stream.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { linkTo } from '../../support/http/links.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { as } from '../../support/services/owners.ts';
import { startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Milliseconds between two checks. */
const HEARTBEAT_MS = 50;

/** A key of Alice's that these tests revoke. */
const KEY = { authorization: 'Bearer a-key-of-alice' };

describe('Who watches the events of an image', () => {
  let downloads: Downloads;
  let owner: { authorization: string };
  let image: ImageView;
  /** What is known of the key at the moment. */
  let key: Pick<Principal, 'expiresAt' | 'recheck'>;
  let checks = 0;
  before(async () => {
    const verify = async (credential: string): Promise<Principal | undefined> =>
      KEY.authorization.endsWith(` ${credential}`)
        ? { kind: 'key', owner: 'alice', subject: 'a key', scopes: ['images:read'], ...key }
        : undefined;
    downloads = downloadsOf(await startServices({ owners: true, verifiers: [verify], heartbeatMs: HEARTBEAT_MS }));
    owner = await as('alice');
  });
  after(() => downloads.services.stop());
  beforeEach(async () => {
    const request = {
      method: 'POST',
      path: '/v1/images?visibility=public&rendition=thumb',
      headers: owner,
      body: jpeg,
    };
    image = jsonOf(await send(downloads.services.upload, request));
    checks = 0;
    key = {};
  });

  const watch = (headers: Record<string, string>, path = image.links.events) =>
    openEvents(`${downloads.services.download}${path}`, headers);
  const thumb = () => ({ imageId: image.imageId, name: 'thumb' });

  it('is its owner, and to others there is no image, even a public one', async () => {
    const stream = await watch(owner);
    expect(await stream.named(1)).to.deep.equal(['image']);
    stream.leave();
    expectProblem(await downloads.get(image.links.events, await as('bob')), 'image_not_found');
    expectProblem(await downloads.get(image.links.events), 'unauthenticated');
    expectProblem(await downloads.get(image.links.events, await as('alice', ['images:write'])), 'forbidden');
  });

  it('goes on as long as the key is good, and gets nothing more once it is revoked', async () => {
    let isGood = true;
    key = {
      async recheck() {
        checks += 1;
        return isGood;
      },
    };
    const stream = await watch(KEY);
    await eventually('the key was checked again', () => checks > 2);
    expect(stream.events.map(({ event }) => event)).to.deep.equal(['image']);
    isGood = false;
    const ended = await stream.ended();
    await downloads.make(thumb(), made);
    expect(ended).to.deep.equal(['image']);
  });

  it('gets nothing more while it cannot be known whether the key is good', async () => {
    key = {
      recheck: async () => {
        throw new ImageServiceError('service_unavailable', 'The table does not answer.');
      },
    };
    const stream = await watch(KEY);
    expect(await stream.ended()).to.deep.equal(['image']);
    const logged = () => downloads.services.logs.filter(({ path }) => path === image.links.events);
    await eventually('the log says so', () => logged().some(({ code }) => code === 'service_unavailable'));
  });

  it('is disconnected when the credentials expire', async () => {
    key = { expiresAt: Date.now() + 700 };
    const stream = await watch(KEY);
    expect(await stream.ended()).to.deep.equal(['image']);
    expect(Date.now()).to.be.at.least(Number(key.expiresAt));
  });

  it('goes on by a link, whatever becomes of credentials beside it', async () => {
    key = { recheck: async () => false, expiresAt: Date.now() + 100 };
    const { url } = await linkTo(downloads.services, image.imageId, { target: 'events' }, owner);
    const streams = [await watch(KEY, url), await watch({}, url)];
    for (const stream of streams)
      await eventually('two comments were sent', () => stream.text().split(': still watching').length > 2);
    await downloads.make(thumb(), made);
    for (const stream of streams) expect(await stream.ended()).to.deep.equal(['image', 'image', 'settled']);
  });
});
