import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { SCOPES } from '../../../shared/domain/principal.ts';
import { beginErasure } from '../../../shared/storage/table/owner-erasure.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { erase, expectErased, stateOf } from '../../support/services/owned-state.ts';
import { as } from '../../support/services/owners.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { madeToken, withToken } from '../../support/services/upload-tokens.ts';
import { allItems } from '../../support/storage/table-items.ts';

const jpeg = await photograph('jpeg', 60, 40);

/** What is removed of an owner who has nothing. */
const NOTHING = { images: 0, objects: 0, uploads: 0, purges: 0 };

describe('the erasure of an owner', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true });
  });
  after(() => services.stop());

  const ask = async (owner: string, base: string, outgoing: Outgoing): Promise<Answered> =>
    send(base, { ...outgoing, headers: { ...(await as(owner)), ...outgoing.headers } });
  const post = (owner: string, base: string, path: string, body: object, headers: Record<string, string> = {}) =>
    ask(owner, base, {
      ...{ method: 'POST', path, body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', ...headers },
    });
  const upload = (owner: string, path = '/v1/images?rendition=thumb', headers: Record<string, string> = {}) =>
    ask(owner, services.upload, { method: 'POST', path, body: jpeg, headers });

  async function begin(owner: string): Promise<{ uploadId: string; imageId: string; parts: object[] }> {
    const declaration = { contentType: 'image/jpeg', metadata: { customer: owner }, renditions: ['small'] };
    const { uploadId, imageId } = jsonOf(await post(owner, services.asyncUpload, '/v1/uploads', declaration));
    const path = `/v1/uploads/${uploadId}/parts/1`;
    const part = await ask(owner, services.asyncUpload, { method: 'PUT', path, body: jpeg });
    return { uploadId, imageId, parts: [{ partNumber: 1, eTag: jsonOf(part).eTag }] };
  }
  const complete = (owner: string, { uploadId, parts }: { uploadId: string; parts: object[] }) =>
    post(owner, services.asyncUpload, `/v1/uploads/${uploadId}/complete`, { parts });

  /** An owner with a bit of everything: images of each kind, public and private, and uploads in each state. Resolves to the ids of images that are stored. */
  async function furnish(owner: string): Promise<string[]> {
    const whole = await upload(owner);
    const secret = await upload(owner, '/v1/images?rendition=thumb&visibility=private', { 'idempotency-key': 'mine' });
    const begun = await begin(owner);
    const inParts = await complete(owner, begun);
    for (const { status, body } of [whole, secret, inParts]) expect(status, body.toString()).to.equal(201);
    await services.objects.put(`renditions/${jsonOf(whole).imageId}/a.webp`, Readable.from([jpeg]), {
      contentType: 'image/webp',
    });
    await begin(owner);
    const aborted = await begin(owner);
    await ask(owner, services.asyncUpload, { method: 'DELETE', path: `/v1/uploads/${aborted.uploadId}` });
    return [whole, secret, inParts].map((answer) => jsonOf(answer).imageId);
  }

  it('removes everything of that owner and nothing of another, and is done when it is repeated', async () => {
    const ids = await furnish('alice');
    await furnish('bob');
    const others = ['bob', 'alic', 'alice2'];
    await upload('alic');
    await upload('alice2');
    const before = await Promise.all(others.map((owner) => stateOf(services, owner)));
    expect(await erase(services.upload, 'alice')).to.deep.equal({
      images: 3,
      objects: 4,
      uploads: 1,
      purges: 0,
      requests: 1,
    });
    await expectErased(services, 'alice', ids);
    expect(await Promise.all(others.map((owner) => stateOf(services, owner)))).to.deep.equal(before);
    const left = JSON.stringify((await allItems(services.table)).filter(({ owner }) => owner === 'alice'));
    expect(left).to.not.include('customer');
    for (const imageId of ids) {
      expectProblem(await ask('alice', services.download, { path: `/v1/images/${imageId}` }), 'image_deleted');
    }
    expect(await erase(services.upload, 'alice')).to.deep.equal({ ...NOTHING, requests: 1 });
    expect((await upload('alice')).status, 'new images are taken again').to.equal(201);
    const { used } = jsonOf(await ask('alice', services.download, { path: '/v1/usage' }));
    expect(used).to.include({ images: 1, storedBytes: jpeg.length, openUploads: 0 });
    expect(used.renditionsPerDay).to.equal(1);
  });

  it('changes nothing for an owner who was never seen', async () => {
    const state = async () => [await allItems(services.table), await services.leftovers()];
    const before = await state();
    expect(await erase(services.upload, 'nobody')).to.deep.equal({ ...NOTHING, requests: 1 });
    expect(await state()).to.deep.equal(before);
  });

  it('takes the scope for it, also of the owner himself', async () => {
    await upload('alice');
    const before = await stateOf(services, 'alice');
    const usual = SCOPES.filter((scope) => scope !== 'admin');
    for (const [owner, scopes] of [
      ['alice', usual],
      ['bob', usual],
    ] as const) {
      const headers = await as(owner, scopes);
      const answer = await send(services.upload, { method: 'DELETE', path: '/v1/owners/alice/images', headers });
      expectProblem(answer, 'forbidden');
    }
    expect(await stateOf(services, 'alice')).to.deep.equal(before);
  });

  it('lets nothing of that owner begin or be completed until it is done, and everything of others', async () => {
    const owner = 'carol';
    const { imageId } = jsonOf(await upload(owner));
    const begun = await begin(owner);
    const token = await madeToken(services, {}, owner);
    await beginErasure(services.table, owner);
    const files = await services.leftovers();
    const refused = [
      await upload(owner),
      await upload(owner, '/v1/images', { 'idempotency-key': 'again' }),
      await withToken(token, services.upload, { method: 'POST', path: '/v1/images', body: jpeg }),
      await post(owner, services.asyncUpload, '/v1/uploads', { contentType: 'image/jpeg' }),
      await complete(owner, begun),
      await post(owner, services.upload, `/v1/images/${imageId}/renditions`, { renditions: ['small'] }),
    ];
    for (const answer of refused) {
      expectProblem(answer, 'owner_being_erased');
      expect(Number(answer.headers['retry-after'])).to.be.at.least(1);
    }
    const [, , toStranger] = refused;
    expect(toStranger && jsonOf(toStranger).detail, 'a stranger is not told why').not.to.match(/delet|eras/i);
    expect(await services.leftovers(), 'no byte and no item is left of them').to.deep.equal(files);
    expect((await upload('dave')).status).to.equal(201);
    expect(await erase(services.upload, owner)).to.include({ images: 1, uploads: 1 });
    await expectErased(services, owner, [imageId, begun.imageId]);
    expect((await upload(owner)).status).to.equal(201);
  });

  it('leaves nothing of uploads of every kind that are made meanwhile', async function () {
    this.timeout(120_000);
    const owner = 'erin';
    const made: string[] = [];
    let isOver = false;
    const statuses = new Set<number>();
    const note = ({ status, body }: Answered) => {
      statuses.add(status);
      if (status === 201) made.push(JSON.parse(body.toString()).imageId);
    };
    const kinds: (() => Promise<unknown>)[] = [
      async () => note(await upload(owner)),
      async () => note(await upload(owner, '/v1/images?visibility=private')),
      async () => {
        const answer = await post(owner, services.asyncUpload, '/v1/uploads', { contentType: 'image/jpeg' });
        if (answer.status !== 201) return note(answer);
        const { uploadId } = jsonOf(answer);
        const path = `/v1/uploads/${uploadId}/parts/1`;
        const part = await ask(owner, services.asyncUpload, { method: 'PUT', path, body: jpeg });
        if (part.status !== 200) return note(part);
        note(await complete(owner, { uploadId, parts: [{ partNumber: 1, eTag: jsonOf(part).eTag }] }));
      },
      async () => {
        const token = await madeToken(services, { renditions: ['thumb'] }, owner);
        note(await withToken(token, services.upload, { method: 'POST', path: '/v1/images', body: jpeg }));
      },
      async () => {
        const imageId = made.at(-1);
        if (!imageId) return;
        note(
          await post(owner, services.upload, `/v1/images/${imageId}/renditions`, { renditions: ['small', 'medium'] }),
        );
      },
    ];
    const busy = kinds.map(async (kind) => {
      for (let round = 0; round < 25; round += 1) await kind();
    });
    const erasing = (async () => {
      while (!isOver) {
        await sleep(100);
        await erase(services.upload, owner);
      }
    })();
    await Promise.all(busy);
    isOver = true;
    await erasing;
    await erase(services.upload, owner);
    expect([...statuses].filter((status) => ![200, 201, 202, 403, 404, 409, 410].includes(status))).to.deep.equal([]);
    expect(statuses).to.include(201);
    expect(statuses).to.include(403);
    await expectErased(services, owner, made);
  });

  describe('through the gateway', () => {
    let gateway: ReturnType<typeof createGateway>;
    let url: string;
    before(async () => {
      const { upload: sync, asyncUpload, download } = services;
      gateway = createGateway({ 'sync-upload': sync, 'async-upload': asyncUpload, download });
      gateway.listen(0, '127.0.0.1');
      await once(gateway, 'listening');
      url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    });
    after(() => void gateway.close());

    const OWNERS = [
      'auth0|1',
      'https://idp.example/users/1?tenant=a#b',
      'a/b',
      'a/../b',
      '...',
      '..a',
      '%2F',
      'a%',
      'ä 💡',
      "O'Brien; DROP TABLE",
      '{owner}',
      '*',
      '__proto__',
      'images',
      'é'.repeat(128),
    ];
    for (const owner of OWNERS) {
      it(`finds the owner ${owner.slice(0, 40)}`, async () => {
        const { imageId } = jsonOf(await upload(owner));
        await begin(owner);
        const neighbour = `${owner} `.slice(-120);
        await upload(neighbour);
        const before = await stateOf(services, neighbour);
        expect(before).to.have.length.above(2);
        expect(await erase(url, owner)).to.include({ images: 1, uploads: 1 });
        await expectErased(services, owner, [imageId]);
        expect(await stateOf(services, neighbour)).to.deep.equal(before);
      });
    }

    const NO_OWNERS = {
      'a control character': '%00',
      'the separator of lists': 'UPLOAD%1Falice',
      'another normal form': encodeURIComponent('é'.normalize('NFD')),
      'more than 256 bytes': 'a'.repeat(257),
      'no UTF-8': '%ED%A0%80',
      'no percent-encoding': '%zz',
    };
    for (const [what, path] of Object.entries(NO_OWNERS)) {
      it(`refuses an owner with ${what}`, async () => {
        const headers = await as('operator', ['admin']);
        const before = await allItems(services.table);
        const answer = await send(url, { method: 'DELETE', path: `/v1/owners/${path}/images`, headers });
        expectProblem(answer, 'invalid_request');
        expect(await allItems(services.table)).to.deep.equal(before);
      });
    }

    it('knows no path without an owner, or with one that is removed from paths', async () => {
      const headers = await as('operator', ['admin']);
      for (const path of [
        '/v1/owners//images',
        '/v1/owners/images',
        '/v1/owners/a/b/images',
        '/v1/owners/%2E/images',
      ]) {
        expectProblem(await send(url, { method: 'DELETE', path, headers }), 'route_not_found');
      }
      const above = await send(url, { method: 'DELETE', path: '/v1/owners/%2E%2E/images', headers });
      expectProblem(above, 'method_not_allowed');
      for (const owner of ['.', '..']) expectProblem(await upload(owner), 'token_invalid');
    });
  });
});
