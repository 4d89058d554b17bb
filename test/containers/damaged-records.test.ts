import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { deleteImageRecord } from '../../shared/storage/table/image-deletion.ts';
import { expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { storedObject } from '../support/storage/bodies.ts';
import { allItems, type TableItem } from '../support/storage/table-items.ts';

const jpeg = await photograph('jpeg');

const JSON_TYPE = { 'content-type': 'application/json' };

/** What may become of the item of a record that still tells whose it is. */
const DAMAGES: Record<string, (item: TableItem) => TableItem> = {
  'it has lost its owner, whom the list knows': ({ owner: _lost, ...item }) => item as TableItem,
  'it has another imageId': (item) => ({ ...item, imageId: randomUUID() }),
  'it has lost its length': ({ contentLength: _lost, ...item }) => item as TableItem,
  'its status is none': (item) => ({ ...item, status: 'stnred' }),
  'its time is none': (item) => ({ ...item, createdAt: '2026-13-02T03:04:05.678Z' }),
  'its type is that of a page': (item) => ({ ...item, contentType: 'text/html' }),
  'its type is none': (item) => ({ ...item, contentType: '\ufffdmage/jpeg' }),
  'it has a time after which it goes': (item) => ({ ...item, removeAfter: 1 }),
  'its metadata are no texts': (item) => ({ ...item, metadata: { a: 1 } }),
};

describe('Records that are damaged', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const upload = async (headers = {}) =>
    jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg, headers }));
  const download = (path: string) => send(services.download, { path });
  const damage = async (isMeant: (item: TableItem) => boolean, inflict: (item: TableItem) => TableItem) => {
    const meant = (await allItems(services.table)).filter(isMeant);
    expect(meant).to.have.length(1);
    const { documents, tableName: TableName } = services.table;
    for (const item of meant) await documents.send(new PutCommand({ TableName, Item: inflict(item) }));
  };
  const damageRecord = (imageId: string, inflict: (item: TableItem) => TableItem) =>
    damage(({ pk, sk }) => pk === `IMAGE#${imageId}` && sk === 'RECORD', inflict);
  const keysOnly = ({ pk, sk }: TableItem): TableItem => ({ pk, sk });
  const tombstoneOf = async (imageId: string) =>
    (await allItems(services.table)).find(({ pk, sk }) => pk === `IMAGE#${imageId}` && sk === 'RECORD');
  const listed = async (query = '') =>
    jsonOf(await download(`/v1/images?limit=100${query}`)).images.map((image: { imageId: string }) => image.imageId);

  for (const [what, inflict] of Object.entries(DAMAGES)) {
    it(`are told as such, harm no other and can be deleted where ${what}`, async () => {
      const [{ imageId }, other] = [await upload(), await upload()];
      await damageRecord(imageId, inflict);
      for (const path of ['', '/original', '/renditions/thumb', '/events']) {
        expectProblem(await download(`/v1/images/${imageId}${path}`), 'object_damaged');
      }
      expect((await download(other.links.original)).body.equals(jpeg)).to.equal(true);
      for (const query of ['', '&status=processing'])
        expect(await listed(query))
          .to.include(other.imageId)
          .and.not.include(imageId);
      const answer = await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
      expect(answer.status).to.equal(204);
      expectProblem(await download(`/v1/images/${imageId}`), 'image_deleted');
      expect((await services.leftovers()).filter((name) => name.includes(imageId))).to.deep.equal([
        `IMAGE#${imageId} RECORD`,
      ]);
    });
  }

  for (const [what, inflict] of Object.entries({
    'nothing but its key is left': keysOnly,
    'it names two owners': (item: TableItem) => ({ ...item, owner: 'bob' }),
  })) {
    it(`are nobody's where ${what}, so that only an operator can remove them`, async () => {
      const { imageId } = await upload();
      await damageRecord(imageId, inflict);
      for (const path of ['', '/original', '/renditions/thumb', '/events']) {
        expectProblem(await download(`/v1/images/${imageId}${path}`), 'image_not_found');
        const line = services.logs.findLast((line) => line.path === `/v1/images/${imageId}${path}`);
        expect(line?.cause).to.match(/is damaged/);
      }
      const before = await allItems(services.table);
      for (const headers of [{}, { 'if-match': '*' }]) {
        const deletion = { method: 'DELETE', path: `/v1/images/${imageId}`, headers };
        expectProblem(await send(services.upload, deletion), 'image_not_found');
      }
      expect(await allItems(services.table)).to.deep.equal(before);
      await deleteImageRecord(services.table, imageId);
      expect(await tombstoneOf(imageId)).to.include({ status: 'deleted' });
    });
  }

  it('are named in the log where a list leaves them out', async () => {
    const { imageId } = await upload();
    await damageRecord(imageId, (item) => ({ ...item, contentType: 7 }));
    expect(await listed()).to.not.include(imageId);
    const { code, error } = services.logs.findLast(({ operation }) => operation === 'listImages') ?? {};
    expect([code, error]).to.deep.equal([
      'object_damaged',
      `Left out of the list, because their records are damaged, 1: ${imageId}.`,
    ]);
  });

  it('of a rendition cost that rendition only, until it is asked for again', async () => {
    const { imageId } = await upload();
    await damage(({ pk, sk }) => pk === `IMAGE#${imageId}` && sk === 'RENDITION#thumb', keysOnly);
    expect(jsonOf(await download(`/v1/images/${imageId}`)).renditions).to.deep.equal([]);
    expectProblem(await download(`/v1/images/${imageId}/renditions/thumb`), 'rendition_not_found');
    const body = JSON.stringify({ renditions: ['thumb'] });
    const path = `/v1/images/${imageId}/renditions`;
    const answer = await send(services.upload, { method: 'POST', path, headers: JSON_TYPE, body });
    expect(jsonOf(answer).renditions).to.have.length(1);
    expect(jsonOf(await download(`/v1/images/${imageId}`)).renditions).to.have.length(1);
  });

  it('of a rendition that name what is not its image’s own send nothing of it, and have it made again', async () => {
    const other = await upload();
    for (const key of [`originals/${other.imageId}`, `renditions/${other.imageId}/a.webp`, '../../x', 7, undefined]) {
      const { imageId } = await upload();
      const facts = { contentType: 'image/webp', contentLength: jpeg.length, width: 1, height: 1, key };
      const checksumSha256 = other.checksumSha256 ?? storedObject(jpeg).checksumSha256;
      await damage(
        ({ pk, sk }) => pk === `IMAGE#${imageId}` && sk === 'RENDITION#thumb',
        (item) => ({ ...item, status: 'ready', facts: { ...facts, checksumSha256 } }),
      );
      expect((await download(`/v1/images/${imageId}/renditions/thumb`)).status, String(key)).to.equal(202);
      const { renditions } = jsonOf(await download(`/v1/images/${imageId}`));
      expect(renditions[0].status).to.equal('queued');
    }
  });

  it('of a claim that would hold for longer than any does hold nobody off', async () => {
    const claimedUntil = Math.floor(Date.now() / 1000) + 365 * 24 * 60 * 60;
    const key = randomUUID();
    const first = await upload({ 'idempotency-key': key });
    await damage(
      ({ pk }) => pk.endsWith(`#${key}`),
      ({ isAnswered: _answered, ...item }) => ({ ...item, claimedUntil }) as TableItem,
    );
    expect((await upload({ 'idempotency-key': key })).imageId).to.equal(first.imageId);
    const client = multipartClient(() => services.asyncUpload);
    for (const claim of [{ claimedUntil }, {}]) {
      const { uploadId } = jsonOf(await client.create());
      await damage(
        ({ pk, sk }) => pk === `UPLOAD#${uploadId}` && sk === 'UPLOAD',
        (item) => ({ ...item, status: 'completing', token: 't', ...claim }),
      );
      const path = `/v1/uploads/${uploadId}`;
      expect((await send(services.asyncUpload, { method: 'DELETE', path })).status).to.equal(204);
    }
  });

  it('of an Idempotency-Key are taken for a key that nobody has used', async () => {
    for (const inflict of [keysOnly, (item: TableItem) => ({ ...item, claimedUntil: 'soon' })]) {
      const key = randomUUID();
      const first = await upload({ 'idempotency-key': key });
      await damage(({ pk }) => pk.endsWith(`#${key}`), inflict);
      const second = await upload({ 'idempotency-key': key });
      expect(second.imageId).to.not.equal(first.imageId);
      expect((await upload({ 'idempotency-key': key })).imageId).to.equal(second.imageId);
    }
  });

  it('of uploads in parts are told as such, and keep nobody from other uploads', async () => {
    const client = multipartClient(() => services.asyncUpload);
    const begin = async () => jsonOf(await client.create()).uploadId;
    const uploadId = await begin();
    const damageUpload = (inflict: (item: TableItem) => TableItem) =>
      damage(({ pk, sk }) => pk === `UPLOAD#${uploadId}` && sk === 'UPLOAD', inflict);
    const answers = async () => [
      ...[await client.read(uploadId), await client.put(uploadId, 1), await client.list(uploadId)],
    ];
    await damageUpload(({ createdAt: _lost, ...item }) => item as TableItem);
    for (const answer of await answers()) expectProblem(answer, 'object_damaged');
    await damageUpload(keysOnly);
    await damage(({ pk }) => pk.startsWith('UPLOADS#'), keysOnly);
    for (const answer of await answers()) expectProblem(answer, 'upload_not_found');
    expect(await begin()).to.not.equal(uploadId);
  });
});
