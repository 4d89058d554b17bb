import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { fingerprintOf } from '../../../shared/domain/fingerprint.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import type { UploadName } from '../../../shared/storage/objects/object-store.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type HeldStore, heldStore } from '../../support/services/held-store.ts';
import { multipartClient, type Named, sha256, type Upload } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { claimUpload, recordOf, rewriteUpload } from '../../support/services/upload-items.ts';
import { imageRecord } from '../../support/storage/image-records.ts';

const MiB = 1024 * 1024;
const jpeg = await photograph('jpeg');
const first = Buffer.concat([jpeg, Buffer.alloc(5 * MiB - jpeg.length)]);
const last = Buffer.from('the last bytes');

describe('A completion that takes long', () => {
  let services: Services;
  let store: HeldStore;
  let upload: Upload;
  let parts: Named[];
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices({
      answerWithinMs: 400,
      openObjects: async (openFiles) => {
        store = heldStore(await openFiles());
        return store;
      },
    });
  });
  after(() => services.stop());
  beforeEach(async () => {
    services.logs.splice(0);
    ({ upload, parts } = await client.uploaded([jpeg], { renditions: ['thumb'] }));
    store.hold();
  });
  afterEach('fails at nothing itself', async () => {
    store.letGo();
    await services.completions.drained();
    await services.receiveAll();
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  const complete = () => client.complete(upload.uploadId, parts);
  const held = () => eventually('the completion is held', () => store.waiting() === 1);
  const expectUnderWay = (answer: Awaited<ReturnType<typeof complete>>) => {
    expect(answer.status, answer.body.toString()).to.equal(202);
    expect(answer.headers['retry-after']).to.equal('1');
    expect(answer.headers['cache-control']).to.equal('no-store');
    const { complete: again, self } = upload.links;
    expect(jsonOf(answer)).to.deep.include({
      uploadId: upload.uploadId,
      imageId: upload.imageId,
      status: 'completing',
      links: { self, complete: again },
    });
  };
  const expectOneImage = async () => {
    await services.completions.drained();
    const image = await client.completed(upload.uploadId, parts);
    expect(image).to.include({ imageId: upload.imageId, checksumSha256: sha256(jpeg) });
    const messages = await services.receiveAll();
    expect(messages.map(({ imageId }) => imageId)).to.deep.equal([upload.imageId]);
  };

  it('answers 202 while the completion goes on, and 201 to a later request', async () => {
    expectUnderWay(await complete());
    expect(jsonOf(await client.read(upload.uploadId)).status).to.equal('completing');
    expectUnderWay(await complete());
    expectProblem(await send(services.download, { path: `/v1/images/${upload.imageId}` }), 'image_not_found');
    store.letGo();
    await expectOneImage();
  });

  it('goes on when the client that began it has gone', async () => {
    const socket = await openSocket(services.asyncUpload);
    const body = JSON.stringify({ parts });
    const head = [
      `POST ${upload.links.complete} HTTP/1.1`,
      'Host: localhost',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    await held();
    socket.destroy();
    await eventually('the request is logged', () =>
      services.logs.find(({ operation, disconnected }) => operation === 'completeUpload' && disconnected),
    );
    store.letGo();
    await eventually(
      'the upload is completed',
      async () => jsonOf(await client.read(upload.uploadId)).status === 'completed',
    );
    await expectOneImage();
  });

  it('makes a service wait for it before the service ends', async () => {
    expectUnderWay(await complete());
    let isDrained = false;
    const drained = services.completions.drained().then(() => {
      isDrained = true;
    });
    await client.read(upload.uploadId);
    expect(isDrained).to.equal(false);
    store.letGo();
    await drained;
    expect(jsonOf(await client.read(upload.uploadId)).status).to.equal('completed');
  });

  it('refuses to be aborted, and completes the upload all the same', async () => {
    expectUnderWay(await complete());
    const problem = expectProblem(await client.abort(upload.uploadId), 'upload_completing');
    expect(problem.retryAfterSeconds).to.equal(1);
    store.letGo();
    await expectOneImage();
  });

  it('takes no parts and lists none', async () => {
    expectUnderWay(await complete());
    await client.expectRefused(upload.uploadId, 'upload_completing', ['put', 'list', 'partUrls']);
    expect((await client.put(upload.uploadId, 2, last)).headers['retry-after']).to.equal('1');
    store.letGo();
    await expectOneImage();
  });

  it('is left to another service that holds the claim and is alive', async () => {
    store.letGo();
    await claimUpload(services.table, upload.uploadId, { alive: true });
    const begun = Date.now();
    expectUnderWay(await complete());
    expect(Date.now() - begun).to.be.at.least(399);
    expect(await recordOf(services.table, upload.uploadId)).to.include({ status: 'completing' });
    const objects = (await services.leftovers()).filter((name) => name.startsWith('objects/'));
    expect(objects.some((name) => name.includes(upload.imageId))).to.equal(false);
    expectProblem(await client.abort(upload.uploadId), 'upload_completing');
    expect(await services.receiveAll()).to.deep.equal([]);
  });

  it('deletes no rejected bytes of which somebody has made an image meanwhile', async () => {
    store.letGo();
    const { upload: other, parts: named } = await client.uploaded([jpeg], { checksumSha256: sha256(last) });
    store.hold();
    expect((await client.complete(other.uploadId, named)).status).to.equal(202);
    const { imageId } = other;
    await createImage(services.table, { record: imageRecord({ imageId }), renditions: [] });
    store.letGo();
    await services.completions.drained();
    expectProblem(await client.complete(other.uploadId, named), 'upload_rejected');
    await services.objects.head(originalKey(imageId));
  });

  it('tells a repeated request that the bytes were rejected', async () => {
    store.letGo();
    const { upload: other, parts: named } = await client.uploaded([jpeg], { checksumSha256: sha256(last) });
    store.hold();
    expect((await client.complete(other.uploadId, named)).status).to.equal(202);
    store.letGo();
    await services.completions.drained();
    const problem = expectProblem(await client.complete(other.uploadId, named), 'upload_rejected');
    expect(problem.failure?.code).to.equal('upload_checksum_mismatch');
  });
});

for (const answerWithinMs of [0, 1]) {
  describe(`A completion that is waited for ${answerWithinMs} ms`, () => {
    it('begins the completion all the same, and answers 201 in the end', async () => {
      const services = await startServices({ answerWithinMs });
      const client = multipartClient(() => services.asyncUpload);
      try {
        const { upload, parts } = await client.uploaded([jpeg]);
        const answer = await eventually('the image is there', async () => {
          const { status, ...rest } = await client.complete(upload.uploadId, parts);
          expect(status).to.be.oneOf([201, 202]);
          return status === 201 && { status, ...rest };
        });
        expect(jsonOf(answer)).to.include({ imageId: upload.imageId });
      } finally {
        await services.stop();
      }
    });
  });
}

describe('A completion whose holder died', () => {
  let services: Services;
  let upload: Upload;
  let parts: Named[];
  let name: UploadName;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    services.logs.splice(0);
    await services.receiveAll();
    ({ upload, parts } = await client.uploaded([first, last], { renditions: ['thumb'] }));
    const { storeUploadId } = await recordOf(services.table, upload.uploadId);
    name = { key: originalKey(upload.imageId), storeUploadId };
  });
  afterEach('fails at nothing itself', () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  const expectCompleted = async () => {
    const image = await client.completed(upload.uploadId, parts);
    expect(image).to.include({ imageId: upload.imageId, checksumSha256: sha256(first, last) });
    expect(await client.completed(upload.uploadId, parts)).to.deep.equal(image);
    expect(jsonOf(await send(services.download, { path: `/v1/images/${upload.imageId}` }))).to.deep.equal(image);
    return image;
  };
  const messages = async () => (await services.receiveAll()).map(({ imageId }) => imageId);

  it('is taken over when the holder died before the store had completed the upload', async () => {
    await claimUpload(services.table, upload.uploadId);
    await expectCompleted();
    expect(await messages()).to.deep.equal([upload.imageId]);
  });

  it('is taken over by one of ten requests at once', async () => {
    await claimUpload(services.table, upload.uploadId);
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.complete(upload.uploadId, parts)));
    for (const { status } of answers) expect(status).to.be.oneOf([201, 202]);
    await expectCompleted();
    expect(await messages()).to.deep.equal([upload.imageId]);
  });

  it('is taken over with another list', async () => {
    await rewriteUpload(services.table, upload.uploadId, { partsFingerprint: 'of another list' });
    await claimUpload(services.table, upload.uploadId);
    await expectCompleted();
  });

  it('leaves the upload open after it was taken over with a wrong list', async () => {
    await claimUpload(services.table, upload.uploadId);
    expectProblem(await client.complete(upload.uploadId, [{ partNumber: 1, eTag: 'a' }]), 'invalid_part');
    expect(jsonOf(await client.read(upload.uploadId)).status).to.equal('open');
    await expectCompleted();
  });

  it('is taken over when the holder died after the store had completed the upload', async () => {
    await services.objects.completeMultipartUpload(name, parts);
    await claimUpload(services.table, upload.uploadId, { partsFingerprint: fingerprintOf(parts) });
    await expectCompleted();
    expect(await messages()).to.deep.equal([upload.imageId]);
  });

  it('is taken over when the holder died before the store had removed the parts', async () => {
    const uploads = join(services.objectsFolder, 'uploads');
    const folder = (await readdir(uploads)).find((entry) => entry.endsWith(name.storeUploadId)) ?? '';
    await cp(join(uploads, folder), join(uploads, 'kept'), { recursive: true });
    await services.objects.completeMultipartUpload(name, parts);
    await cp(join(uploads, 'kept'), join(uploads, folder), { recursive: true });
    await claimUpload(services.table, upload.uploadId, { partsFingerprint: fingerprintOf(parts) });
    await expectCompleted();
    expect(await messages()).to.deep.equal([upload.imageId]);
  });

  it('refuses another list when the holder died after the store had completed the upload', async () => {
    await services.objects.completeMultipartUpload(name, parts);
    await claimUpload(services.table, upload.uploadId, { partsFingerprint: fingerprintOf(parts) });
    const problem = expectProblem(await client.complete(upload.uploadId, parts.slice(0, 1)), 'upload_completed');
    expect(problem.imageId).to.equal(upload.imageId);
    await expectCompleted();
  });

  it('sends no second message when the holder died after the record was written', async () => {
    const image = await client.completed(upload.uploadId, parts);
    await services.receiveAll();
    await claimUpload(services.table, upload.uploadId, { answer: undefined });
    expect(await expectCompleted()).to.deep.equal(image);
    expect(await messages()).to.deep.equal([]);
  });

  it('takes parts as before, and can be aborted', async () => {
    await claimUpload(services.table, upload.uploadId);
    expect(await client.stored(upload.uploadId)).to.have.length(2);
    parts = [parts[0] ?? { partNumber: 0, eTag: '' }, await client.part(upload.uploadId, 2, last)];
    expect((await client.abort(upload.uploadId)).status).to.equal(204);
    expectProblem(await client.complete(upload.uploadId, parts), 'upload_aborted');
  });

  it('can be aborted, and the object is deleted, when the holder died after the store had completed the upload', async () => {
    await services.objects.completeMultipartUpload(name, parts);
    await claimUpload(services.table, upload.uploadId);
    expect((await client.abort(upload.uploadId)).status).to.equal(204);
    expect((await services.leftovers()).filter((file) => file.includes(upload.imageId))).to.deep.equal([]);
  });

  it('cannot be aborted when the holder died after the record was written', async () => {
    const image = await client.completed(upload.uploadId, parts);
    await claimUpload(services.table, upload.uploadId, { answer: undefined });
    const problem = expectProblem(await client.abort(upload.uploadId), 'upload_completed');
    expect(problem.imageId).to.equal(upload.imageId);
    expect(await expectCompleted()).to.deep.equal(image);
  });

  it('answers that the upload is lost when the holder died after it had deleted the rejected bytes', async () => {
    await services.objects.completeMultipartUpload(name, parts);
    await services.objects.delete(name.key);
    await claimUpload(services.table, upload.uploadId);
    expectProblem(await client.complete(upload.uploadId, parts), 'upload_not_found');
    expectProblem(await client.complete(upload.uploadId, parts), 'upload_not_found');
    expect((await client.abort(upload.uploadId)).status).to.equal(204);
  });
});
