import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { removeExpiredUploads } from '../../../containers/async-upload/expired-uploads.ts';
import { uploadPartition, uploadSortKey } from '../../../shared/contracts/table.ts';
import { IMAGE_FORMATS, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import { RECEIVED_DAYS, receivedKey } from '../../../shared/domain/object-key.ts';
import { eventually } from '../../support/eventually.ts';
import { type Answered, expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { MARK, personalFiles } from '../../support/images/personal-metadata.ts';
import { multipartClient, sha256 } from '../../support/services/multipart-client.ts';
import { logInto, type Services, startServices } from '../../support/services/services.ts';

const files = await personalFiles();
const typeOf = (bytes: Buffer): string => IMAGE_FORMATS[sniffFormat(bytes) ?? 'jpeg'].mediaType;
const someJpeg = Object.values(files).find((file) => sniffFormat(file) === 'jpeg') ?? Buffer.alloc(0);

describe('Uploads in parts whose originals are stored without personal metadata', () => {
  let services: Services;
  before(async () => {
    services = await startServices({
      heic: true,
      ingestion: { ORIGINAL_METADATA: 'strip-public', SVG_SANITIZING: 'public' },
    });
  });
  after(() => services.stop());

  const client = multipartClient(() => services.asyncUpload);
  const originalOf = async (imageId: string): Promise<Buffer> =>
    (await send(services.download, { path: `/v1/images/${imageId}/original` })).body;
  const received = async () => (await services.leftovers()).filter((each) => each.includes('received/'));

  for (const [name, file] of Object.entries(files)) {
    it(`store ${name} without them, and compare what was declared with what was uploaded`, async () => {
      const declaration = { contentType: typeOf(file), contentLength: file.length, checksumSha256: sha256(file) };
      const { upload, parts } = await client.uploaded([file], declaration);
      const answer = await client.complete(upload.uploadId, parts);
      expect(answer.status, answer.body.toString()).to.equal(201);
      const image = jsonOf(answer);
      const stored = await originalOf(image.imageId);
      expect(stored.includes(MARK)).to.equal(false);
      expect(stored).to.have.lengthOf(file.length);
      expect(image).to.include({ checksumSha256: sha256(stored), uploadedChecksumSha256: sha256(file) });
      expect(image.removed).to.include('other');
      expect(jsonOf(await client.complete(upload.uploadId, parts)).imageId, 'a repetition').to.equal(image.imageId);
    });
  }

  it('leave nothing of what was received', async () => expect(await received()).to.deep.equal([]));

  it('store what is private as it is, without a detour', async () => {
    const { upload, parts } = await client.uploaded([someJpeg], { visibility: 'private' });
    const image = jsonOf(await client.complete(upload.uploadId, parts));
    expect(image).to.not.have.any.keys('removed', 'uploadedChecksumSha256');
    expect((await originalOf(image.imageId)).equals(someJpeg)).to.equal(true);
  });

  it('store an SVG without its programs', async () => {
    const drawing = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>${MARK}</script><rect width="9" height="9"/></svg>`,
    );
    const { upload, parts } = await client.uploaded([drawing], { contentType: 'image/svg+xml' });
    const image = jsonOf(await client.complete(upload.uploadId, parts));
    expect((await originalOf(image.imageId)).includes(MARK)).to.equal(false);
    expect(image.removed).to.include('script');
  });

  const cut = someJpeg.subarray(0, someJpeg.length - 200);
  const other = sha256(Buffer.from('other'));
  const REFUSED: Record<string, [file: Buffer, declaration: object]> = {
    'a file of which they cannot be removed': [cut, {}],
    'other bytes than were declared': [someJpeg, { checksumSha256: other }],
  };
  for (const [name, [file, declaration]] of Object.entries(REFUSED)) {
    it(`refuse ${name}, and keep nothing of it`, async () => {
      const { upload, parts } = await client.uploaded([file], declaration);
      expectProblem(await client.complete(upload.uploadId, parts), 'upload_rejected');
      expect(
        (await services.leftovers()).filter((each) => each.includes(upload.imageId) && each.includes('/')),
      ).to.deep.equal([]);
    });
  }

  it('go on where a service died between the joined parts and the original', async () => {
    const { upload, parts } = await client.uploaded([someJpeg]);
    const put = services.objects.put;
    services.objects.put = () => Promise.reject(new Error('the process ends here'));
    const failed = await client.complete(upload.uploadId, parts);
    services.objects.put = put;
    expect(failed.status).to.equal(500);
    expect(String(await received())).to.include(receivedKey(upload.imageId));
    const image = jsonOf(await client.complete(upload.uploadId, parts));
    expect((await originalOf(image.imageId)).includes(MARK)).to.equal(false);
    expect(await received()).to.deep.equal([]);
  });

  it('are aborted with what was received', async () => {
    const { upload, parts } = await client.uploaded([someJpeg]);
    const put = services.objects.put;
    services.objects.put = () => Promise.reject(new Error('the process ends here'));
    await client.complete(upload.uploadId, parts);
    services.objects.put = put;
    expect((await client.abort(upload.uploadId)).status).to.equal(204);
    expect(await received()).to.deep.equal([]);
  });

  /** Completes an upload, whose completion is held before its original is put and whose claim lapses; does `meanwhile`, and lets it go on. */
  async function completeLate(uploadId: string, parts: object[], meanwhile: () => Promise<unknown>): Promise<Answered> {
    const { put } = services.objects;
    const gate = Promise.withResolvers<void>();
    let isHeld = false;
    services.objects.put = async (...args) => {
      isHeld = true;
      await gate.promise;
      return put(...args);
    };
    const completed = client.complete(uploadId, parts as Parameters<typeof client.complete>[1]);
    await eventually('the original is held', () => isHeld);
    services.objects.put = put;
    await services.table.documents.send(
      new UpdateCommand({
        TableName: services.table.tableName,
        Key: { pk: uploadPartition(uploadId), sk: uploadSortKey },
        UpdateExpression: 'SET claimedUntil = :past',
        ExpressionAttributeValues: { ':past': 1 },
      }),
    );
    await meanwhile();
    gate.resolve();
    return completed;
  }
  const filesOf = async (imageId: string) =>
    (await services.leftovers()).filter((each) => each.includes(imageId) && each.includes('/'));

  it('leave no original behind that a completion writes after they were aborted', async () => {
    const { upload, parts } = await client.uploaded([someJpeg]);
    const late = await completeLate(upload.uploadId, parts, async () =>
      expect((await client.abort(upload.uploadId)).status).to.equal(204),
    );
    expectProblem(late, 'upload_aborted');
    expect(await filesOf(upload.imageId)).to.deep.equal([]);
  });

  it('leave no original behind that a completion writes after their owner was erased', async () => {
    const { upload, parts } = await client.uploaded([someJpeg]);
    const late = await completeLate(upload.uploadId, parts, async () => {
      const erased = await send(services.upload, { method: 'DELETE', path: '/v1/owners/local/images' });
      expect(erased.status, erased.body.toString()).to.equal(200);
    });
    expectProblem(late, 'upload_aborted');
    expect(await filesOf(upload.imageId)).to.deep.equal([]);
  });

  it('keep the original that another completion has made an image of meanwhile', async () => {
    const { upload, parts } = await client.uploaded([someJpeg]);
    const late = await completeLate(upload.uploadId, parts, async () =>
      expect((await client.complete(upload.uploadId, parts)).status).to.equal(201),
    );
    expect(late.status, late.body.toString()).to.equal(201);
    expect((await originalOf(upload.imageId)).includes(MARK)).to.equal(false);
    const { status } = await send(services.download, { path: `/v1/images/${upload.imageId}/original` });
    expect(status).to.equal(200);
  });

  it('leave what a dead service has received to the hourly sweep, which spares what is young', async () => {
    for (const name of ['old', 'young'])
      await services.objects.put(receivedKey(name), Readable.from([someJpeg]), { contentType: 'image/jpeg' });
    const before = new Date(Date.now() - (RECEIVED_DAYS * 24 + 1) * 60 * 60 * 1000);
    await utimes(join(services.objectsFolder, 'objects', receivedKey('old')), before, before);
    const sweep = removeExpiredUploads(services.objects, logInto([], 'async-upload'));
    const isSwept = async () => (await received()).length === 1;
    await eventually('only what is young is left', isSwept);
    expect(String(await received())).to.include(receivedKey('young'));
    sweep.stop();
    await services.objects.delete(receivedKey('young'));
  });
});
