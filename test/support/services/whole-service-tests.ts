import { expect } from 'chai';
import sharp from 'sharp';
import { eventually } from '../eventually.ts';
import { type Answered, jsonOf, type Outgoing, send } from '../http/http-client.ts';
import { linkTo } from '../http/links.ts';
import { photograph } from '../images/photographs.ts';

/** Where all services answer, and the key of a caller. */
export interface WholeService {
  url: string;
  key: string;
}

/** Uses all four services together, as callers do, wherever they run. What a deletion answers depends on the CDN before them. */
export function wholeServiceTests(
  service: () => WholeService,
  expectDeleted: (deleted: Answered, path: string) => Promise<void>,
): void {
  const authorized = () => ({ authorization: `Bearer ${service().key}` });
  const call = (outgoing: Outgoing): Promise<Answered> =>
    send(service().url, { ...outgoing, headers: { ...outgoing.headers, ...authorized() } });
  const ready = (path: string) =>
    eventually(
      `${path} is made`,
      async () => {
        const answer = await call({ path });
        expect(answer.status, answer.body.toString().slice(0, 500)).to.be.oneOf([200, 202]);
        return answer.status === 200 && answer;
      },
      60_000,
    );
  const expectThumb = async (body: Buffer) => {
    const { width, height } = await sharp(body).metadata();
    expect({ width, height }).to.deep.equal({ width: 200, height: 200 });
  };

  it('start services that refuse requests without a key', async () => {
    const { status } = await send(service().url, { path: '/v1/images' });
    expect(status).to.equal(401);
  });

  it('start services that accept a whole image, process it and serve it', async () => {
    const body = await photograph('jpeg', 400, 300);
    const headers = { 'idempotency-key': '"end-to-end"' };
    const uploaded = await call({ method: 'POST', path: '/v1/images?rendition=thumb', headers, body });
    expect(uploaded.status, uploaded.body.toString()).to.equal(201);
    const { links } = jsonOf(uploaded);
    await expectThumb((await ready(`${links.self}/renditions/thumb`)).body);
    expect((await call({ path: links.original })).body.equals(body)).to.equal(true);
  });

  it('start services that sign links, which open bytes without a key', async () => {
    const body = await photograph('jpeg', 100, 80);
    const uploaded = await call({ method: 'POST', path: '/v1/images?visibility=private', body });
    const { imageId, links } = jsonOf(uploaded);
    const link = await linkTo({ download: service().url }, imageId, { target: 'original' }, authorized());
    expect((await send(service().url, { path: links.original })).status).to.equal(404);
    expect((await send(service().url, { path: link.url })).body.equals(body)).to.equal(true);
  });

  it('start services that accept an image in parts, process it and delete it', async () => {
    const body = await photograph('png', 300, 300);
    const headers = { 'content-type': 'application/json' };
    const post = (path: string, json: object) => call({ method: 'POST', path, headers, body: JSON.stringify(json) });
    // Public, whatever the deployment has by default, so that a CDN may have copies, which the deletion is to purge.
    const declaration = { contentType: 'image/png', renditions: ['thumb'], visibility: 'public' };
    const created = await post('/v1/uploads', declaration);
    expect(created.status, created.body.toString()).to.equal(201);
    const path = `/v1/uploads/${jsonOf(created).uploadId}`;
    const part = await call({ method: 'PUT', path: `${path}/parts/1`, body });
    const parts = [{ partNumber: 1, eTag: jsonOf(part).eTag }];
    const completed = await post(`${path}/complete`, { parts });
    expect(completed.status, completed.body.toString()).to.equal(201);
    const { links } = jsonOf(completed);
    await expectThumb((await ready(`${links.self}/renditions/thumb`)).body);
    const deleted = await call({ method: 'DELETE', path: links.self });
    await expectDeleted(deleted, links.self);
    expect((await call({ path: links.self })).status).to.equal(410);
  });

  it('start services that list images, make formats on request, and abort uploads', async () => {
    const body = await photograph('jpeg', 200, 150);
    const renditions = JSON.stringify([{ name: 'card', commands: [], output: { format: 'auto' } }]);
    const form = new FormData();
    form.append('renditions', renditions);
    form.append('file', new Blob([new Uint8Array(body)]), 'photo.jpg');
    const request = new Request(`${service().url}/v1/images`, {
      method: 'POST',
      body: form,
      headers: authorized(),
    });
    const uploaded = await fetch(request);
    expect(uploaded.status).to.equal(201);
    const { imageId, links } = (await uploaded.json()) as { imageId: string; links: { self: string } };
    await ready(`${links.self}/renditions/card`);
    // Until the AVIF exists, the answer has another existing format.
    await eventually(
      'the AVIF is made',
      async () => (await call({ path: `${links.self}/renditions/card.avif` })).headers['content-type'] === 'image/avif',
      60_000,
    );
    const { images } = jsonOf(await call({ path: '/v1/images' }));
    expect(images.map((image: { imageId: string }) => image.imageId)).to.include(imageId);
    const headers = { 'content-type': 'application/json' };
    const created = await call({
      ...{ method: 'POST', path: '/v1/uploads', headers },
      body: JSON.stringify({ contentType: 'image/png' }),
    });
    const path = `/v1/uploads/${jsonOf(created).uploadId}`;
    expect((await call({ method: 'DELETE', path })).status).to.equal(204);
  });
}
