import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { recordOf, rewriteUpload, writtenUpload } from '../../support/services/upload-items.ts';
import { bodyOf } from '../../support/storage/bodies.ts';
import { imageRecord } from '../../support/storage/image-records.ts';

const jpeg = await photograph('jpeg');

describe('An upload that takes no parts', () => {
  let services: Services;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(() => void services.logs.splice(0));
  afterEach('fails at nothing itself', () => {
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  /** What is half written, and every part of these uploads. */
  const filesOf = async (...imageIds: string[]) =>
    (await services.leftovers()).filter(
      (name) =>
        name.startsWith('incoming/') ||
        imageIds.some((imageId) => name.startsWith('uploads/') && name.includes(imageId)),
    );
  const past = () => new Date(Date.now() - 1000).toISOString();

  describe('because it was aborted', () => {
    it('loses its parts, and answers a repeated abort the same', async () => {
      const { upload } = await client.uploaded([jpeg, jpeg]);
      expect(await filesOf(upload.imageId)).to.have.length(2);
      const answer = await client.abort(upload.uploadId);
      expect(answer.status).to.equal(204);
      expect(answer.body).to.have.length(0);
      expect(answer.headers['cache-control']).to.equal('no-store');
      expect(await filesOf(upload.imageId)).to.deep.equal([]);
      const answers = await Promise.all(Array.from({ length: 5 }, () => client.abort(upload.uploadId)));
      expect(answers.map(({ status }) => status)).to.deep.equal([204, 204, 204, 204, 204]);
      expect((await services.leftovers()).filter((name) => name.includes(upload.imageId))).to.deep.equal([]);
    });

    it('refuses every other operation as upload_aborted', async () => {
      const { upload, parts } = await client.uploaded([jpeg]);
      await client.abort(upload.uploadId);
      await client.expectRefused(upload.uploadId, 'upload_aborted');
      const problem = expectProblem(await client.complete(upload.uploadId, parts), 'upload_aborted');
      expect(problem.detail).to.include(upload.uploadId);
      expectProblem(await send(services.download, { path: `/v1/images/${upload.imageId}` }), 'image_not_found');
    });

    it('can be aborted by ten requests at once', async () => {
      const { upload } = await client.uploaded([jpeg]);
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.abort(upload.uploadId)));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([204]));
    });

    it('refuses a part that was on its way, and keeps nothing of it', async () => {
      const { uploadId, imageId } = await client.begin();
      const socket = await openSocket(services.asyncUpload);
      socket.write(
        `PUT /v1/uploads/${uploadId}/parts/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n01234`,
      );
      await eventually('the part begins to come', async () => (await filesOf()).length > 0);
      expect((await client.abort(uploadId)).status).to.equal(204);
      socket.write('56789');
      const [chunk] = await socket.take(1).toArray();
      expect(String(chunk)).to.match(/^HTTP\/1\.1 410 /);
      expect(String(chunk)).to.include('upload_aborted');
      socket.destroy();
      expect(await filesOf(imageId)).to.deep.equal([]);
    });

    it('keeps nothing of parts that race with the abort', async () => {
      const { uploadId, imageId } = await client.begin();
      const puts = Array.from({ length: 20 }, (_, index) => client.put(uploadId, index + 1, Buffer.alloc(100_000)));
      await Promise.race(puts);
      expect((await client.abort(uploadId)).status).to.equal(204);
      for (const answer of await Promise.all(puts)) {
        if (answer.status !== 200) expectProblem(answer, 'upload_aborted');
      }
      expect(await filesOf(imageId)).to.deep.equal([]);
    });

    for (const status of ['aborted', 'rejected'] as const) {
      it(`keeps the bytes of an upload that is ${status} if an image was made of them all the same`, async () => {
        const { uploadId, imageId } = await writtenUpload(services, { status });
        const key = originalKey(imageId);
        const stored = await services.objects.put(key, bodyOf(jpeg), { contentType: 'image/jpeg' });
        await createImage(services.table, { record: imageRecord({ imageId, ...stored }), renditions: [] });
        expect(expectProblem(await client.abort(uploadId), 'upload_completed').imageId).to.equal(imageId);
        await services.objects.head(key);
      });

      it(`deletes the bytes of an upload that is ${status} if a dead completion has left them`, async () => {
        const { uploadId, imageId } = await writtenUpload(services, { status });
        const key = originalKey(imageId);
        await services.objects.put(key, bodyOf(jpeg), { contentType: 'image/jpeg' });
        expect((await client.abort(uploadId)).status).to.equal(204);
        expect(await services.objects.head(key).catch(({ code }) => code)).to.equal('object_missing');
      });
    }

    it('is either aborted or completed when both are asked for at once, never both', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { upload, parts } = await client.uploaded([jpeg]);
        const [aborted, completed] = await Promise.all([
          client.abort(upload.uploadId),
          client.complete(upload.uploadId, parts),
        ]);
        const image = await send(services.download, { path: `/v1/images/${upload.imageId}` });
        if (aborted.status === 204) {
          expectProblem(completed, 'upload_aborted');
          expectProblem(image, 'image_not_found');
        } else {
          expect(aborted.status).to.equal(409);
          expect(completed.status, completed.body.toString()).to.equal(201);
          expect(jsonOf(image)).to.deep.equal(jsonOf(completed));
        }
        expect(await filesOf(upload.imageId)).to.deep.equal([]);
      }
    });
  });

  describe('because it has expired', () => {
    it('refuses every operation but an abort as upload_expired', async () => {
      const { uploadId, imageId, validUntil } = await writtenUpload(services, { validUntil: past() });
      await client.expectRefused(uploadId, 'upload_expired');
      expect(expectProblem(await client.put(uploadId, 1), 'upload_expired').detail).to.include(validUntil);
      expect((await client.abort(uploadId)).status).to.equal(204);
      await client.expectRefused(uploadId, 'upload_aborted');
      expect(await filesOf(imageId)).to.deep.equal([]);
    });

    it('refuses parts from the moment of expiry on', async () => {
      const { upload, parts } = await client.uploaded([jpeg]);
      await rewriteUpload(services.table, upload.uploadId, { validUntil: past() });
      expectProblem(await client.complete(upload.uploadId, parts), 'upload_expired');
      await client.expectRefused(upload.uploadId, 'upload_expired', ['list', 'partUrls', 'read']);
      await client.abort(upload.uploadId);
    });

    it('is expired both before its parts are removed and after', async () => {
      const { uploadId } = await writtenUpload(services, { validUntil: past() });
      expect(await services.objects.removeExpiredUploads(new Date(Date.now() + 1000))).to.be.at.least(1);
      await client.expectRefused(uploadId, 'upload_expired');
      expect((await client.abort(uploadId)).status).to.equal(204);
    });

    it('shows its status, and no expiry, once it is completed', async () => {
      const { upload, parts } = await client.uploaded([jpeg]);
      const image = await client.completed(upload.uploadId, parts);
      await rewriteUpload(services.table, upload.uploadId, { validUntil: past() });
      expect(await client.completed(upload.uploadId, parts)).to.deep.equal(image);
      expect(jsonOf(await client.read(upload.uploadId)).status).to.equal('completed');
    });
  });

  describe('because it is somebody else’s', () => {
    it('answers 404', async () => {
      const { uploadId } = await writtenUpload(services, { owner: 'somebody else' });
      await client.expectRefused(uploadId, 'upload_not_found', [
        'put',
        'list',
        'partUrls',
        'complete',
        'read',
        'abort',
      ]);
      expect(await recordOf(services.table, uploadId)).to.include({ status: 'open', owner: 'somebody else' });
    });

    it('answers 404 whatever its status', async () => {
      for (const status of ['completing', 'completed', 'rejected', 'aborted'] as const) {
        const { uploadId } = await writtenUpload(services, { owner: 'somebody else', status });
        await client.expectRefused(uploadId, 'upload_not_found', ['put', 'complete', 'read', 'abort']);
        expect(await recordOf(services.table, uploadId)).to.include({ status });
      }
    });
  });

  describe('because the store has lost it', () => {
    it('answers that the upload is lost', async () => {
      const upload = await writtenUpload(services, {});
      const name = { key: originalKey(upload.imageId), storeUploadId: upload.storeUploadId };
      await services.objects.abortMultipartUpload(name);
      await client.expectRefused(upload.uploadId, 'upload_not_found', ['put', 'list', 'complete']);
      expect((await client.abort(upload.uploadId)).status).to.equal(204);
    });
  });

  describe('because there is none of that id', () => {
    it('answers 404', async () => {
      const before = await services.leftovers();
      const unknown = randomUUID();
      await client.expectRefused(unknown, 'upload_not_found', ['put', 'list', 'partUrls', 'complete', 'read', 'abort']);
      expect(expectProblem(await client.read(unknown), 'upload_not_found').detail).to.include(unknown);
      expect(await services.leftovers()).to.deep.equal(before);
    });

    it('answers 404 under the id of the image that it becomes', async () => {
      const { imageId } = await client.begin();
      await client.expectRefused(imageId, 'upload_not_found', ['put', 'read', 'abort']);
    });

    for (const id of [
      '1',
      'x'.repeat(36),
      '%2e%2e%2f',
      randomUUID().toUpperCase(),
      `${randomUUID()}%00`,
      'UPLOAD%23a',
    ]) {
      it(`refuses ${id}, which is no id`, async () => {
        const requests = [client.put(id, 1), client.list(id), client.read(id), client.abort(id)];
        const bodies = [
          client.partUrls(id, { parts: [{ partNumber: 1, contentLength: 1 }] }),
          client.complete(id, [{ partNumber: 1, eTag: 'a' }]),
        ];
        for (const answer of await Promise.all([...requests, ...bodies])) {
          const problem = expectProblem(answer, 'invalid_request');
          expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['params.uploadId']);
        }
      });
    }
  });

  it('refuses query parameters that its routes do not have', async () => {
    const { uploadId } = await client.begin();
    for (const [method, below] of [
      ['GET', ''],
      ['DELETE', ''],
    ] as const) {
      const answer = await client.call({ method, path: `/v1/uploads/${uploadId}${below}?a=1` });
      expect(expectProblem(answer, 'invalid_request').errors?.[0]?.path).to.equal('query.a');
    }
    expect(jsonOf(await client.read(uploadId)).status).to.equal('open');
  });

  it('is kept longer than any upload may take', async () => {
    const { uploadId } = await client.begin();
    const margin = 1000;
    expect(await services.objects.removeExpiredUploads(new Date(Date.now() - LIMITS.uploadSeconds * margin))).to.equal(
      0,
    );
    expect(await client.put(uploadId, 1)).to.include({ status: 200 });
  });
});
