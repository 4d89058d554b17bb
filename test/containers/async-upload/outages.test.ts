import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { HEALTH_PATHS } from '../../../shared/contracts/services.ts';
import { provisionQueues } from '../../../shared/storage/provisioning.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { multipartClient, type Named, sha256, type Upload } from '../../support/services/multipart-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { withoutPermission } from '../../support/storage/unwritable-folder.ts';

const jpeg = await photograph('jpeg');
const last = Buffer.from('the last bytes');

describe('Uploads in parts during an outage', () => {
  let services: Services;
  let upload: Upload;
  let parts: Named[];
  const client = multipartClient(() => services.asyncUpload);
  beforeEach(async () => {
    services = await startServices();
    ({ upload, parts } = await client.uploaded([jpeg], { renditions: ['thumb'] }));
  });
  afterEach('is told by no internal error, and stops', async () => {
    expect(services.logs.filter(({ code }) => code === 'internal_error')).to.deep.equal([]);
    await services.stop();
  });

  const filesIn = async (folder: string) =>
    (await readdir(join(services.objectsFolder, folder), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
  const expectReady = async (status: number) => {
    expect((await send(services.asyncUpload, { path: HEALTH_PATHS.readiness })).status).to.equal(status);
  };
  const loseQueue = async () => {
    const { sqs, queueUrl } = services.queue;
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
  };
  const findQueue = () => provisionQueues(services.queue.sqs, 'processing');
  const expectCompleted = async () => {
    const image = await client.completed(upload.uploadId, parts);
    expect(image).to.include({ imageId: upload.imageId, checksumSha256: sha256(jpeg) });
    const messages = await services.receiveAll();
    expect(messages.map(({ imageId }) => imageId)).to.deep.equal([upload.imageId]);
  };

  it('answer service_unavailable without a table, and keep their parts', async function () {
    this.timeout(30_000);
    await services.stopEmulators();
    const requests = ['list', 'partUrls', 'complete', 'read', 'abort'] as const;
    await Promise.all(requests.map((name) => client.expectRefused(upload.uploadId, 'service_unavailable', [name])));
    for (const headers of [{}, { 'idempotency-key': 'a' }]) {
      expectProblem(await client.create({ contentType: 'image/png' }, headers), 'service_unavailable');
    }
    await expectReady(503);
    expect(await filesIn('uploads')).to.have.length(1);
    expect(await filesIn('incoming')).to.deep.equal([]);
  });

  it('answer a stored part although the table has gone meanwhile, and log that its bytes stay claimed', async function () {
    this.timeout(30_000);
    const socket = await openSocket(services.asyncUpload);
    const head = `PUT /v1/uploads/${upload.uploadId}/parts/2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n`;
    socket.write(`${head}abc`);
    await eventually('the part begins to come', async () => (await filesIn('incoming')).length > 0);
    await services.stopEmulators();
    socket.write('d');
    const [chunk] = await socket.take(1).toArray();
    expect(String(chunk)).to.match(/^HTTP\/1\.1 200 /);
    socket.destroy();
    expect(await filesIn('uploads')).to.have.length(2);
    const [warning, ...more] = services.logs.filter(({ level }) => level === 40);
    expect(more).to.deep.equal([]);
    expect(warning).to.include({ uploadId: upload.uploadId }).and.have.property('err');
    // Nothing is taken that could not be claimed.
    await client.expectRefused(upload.uploadId, 'service_unavailable', ['put']);
  });

  it('answer service_unavailable without an object store, and continue afterwards', async () => {
    await withoutPermission(services.objectsFolder, async () => {
      const requests = ['put', 'list', 'complete'] as const;
      for (const name of requests) await client.expectRefused(upload.uploadId, 'service_unavailable', [name]);
      expectProblem(await client.complete(upload.uploadId, parts), 'service_unavailable');
      expectProblem(await client.create(), 'service_unavailable');
    });
    expect(await client.stored(upload.uploadId)).to.deep.equal([[1, jpeg.length]]);
    await expectCompleted();
  });

  it('can be aborted once the object store is back', async () => {
    await withoutPermission(services.objectsFolder, async () => {
      expectProblem(await client.abort(upload.uploadId), 'service_unavailable');
    });
    expect((await client.abort(upload.uploadId)).status).to.equal(204);
    expect(await filesIn('uploads')).to.deep.equal([]);
  });

  it('stay open when the object store cannot complete the object, and are completed afterwards', async () => {
    const objects = join(services.objectsFolder, 'objects');
    await rm(objects, { recursive: true });
    await writeFile(objects, 'in its place');
    expectProblem(await client.complete(upload.uploadId, parts), 'service_unavailable');
    expect(await client.stored(upload.uploadId)).to.deep.equal([[1, jpeg.length]]);
    expect(jsonOf(await client.read(upload.uploadId)).status).to.equal('open');
    await rm(objects);
    await mkdir(objects);
    await expectCompleted();
  });

  describe('of the queue', () => {
    beforeEach(async () => {
      await loseQueue();
      expectProblem(await client.complete(upload.uploadId, parts), 'service_unavailable');
      expectProblem(await send(services.download, { path: `/v1/images/${upload.imageId}` }), 'image_not_found');
    });
    afterEach(findQueue);

    it('are completed when the queue is back', async () => {
      expectProblem(await client.complete(upload.uploadId, parts), 'service_unavailable');
      await findQueue();
      await expectCompleted();
    });

    it('are not completed from another list than that of the assembled object', async () => {
      await findQueue();
      const other = [{ partNumber: 1, eTag: 'another' }];
      const answer = await client.complete(upload.uploadId, other);
      expect(answer.status, answer.body.toString()).to.be.within(400, 499);
      await expectCompleted();
    });

    it('leave no bytes when they are aborted without a queue', async () => {
      expect((await client.abort(upload.uploadId)).status).to.equal(204);
      expect([...(await filesIn('uploads')), ...(await filesIn('objects/originals'))]).to.deep.equal([]);
    });

    it('show a status that agrees with their other answers', async () => {
      const { status } = jsonOf(await client.read(upload.uploadId));
      const answers = [await client.list(upload.uploadId), await client.put(upload.uploadId, 2, last)];
      if (status === 'open') for (const answer of answers) expect(answer.status, answer.body.toString()).to.equal(200);
      else for (const answer of answers) expectProblem(answer, 'upload_completing');
    });
  });
});
