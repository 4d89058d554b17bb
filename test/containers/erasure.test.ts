import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { openMessageMetrics } from '../../containers/worker/metrics/message-metrics.ts';
import { type ProcessDependencies, processMessage } from '../../containers/worker/process-message.ts';
import { openProcessing } from '../../containers/worker/service.ts';
import { openWorkDirectory } from '../../containers/worker/work-directory.ts';
import { encodeMessage } from '../../shared/contracts/queue-message.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { recordKey } from '../../shared/storage/table/image-table.ts';
import { eventually } from '../support/eventually.ts';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../support/http/form-body.ts';
import { expectProblem, jsonOf, openSocket, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient, type Named, sha256, type Upload } from '../support/services/multipart-client.ts';
import { logInto, type Services, startServices } from '../support/services/services.ts';
import { allItems, type TableItem } from '../support/storage/table-items.ts';
import { delivery, WORKER_CONFIG } from '../support/worker/worker-bench.ts';

const jpeg = await photograph('jpeg', 60, 40);
const METADATA = { customer: 'somebody@example.org' };
const OUTSIDE = { name: 'outside', commands: [{ operation: 'crop', left: 0, top: 0, width: 999, height: 9 }] };
const CARD = { name: 'card', commands: [{ operation: 'resize', width: 20 }], output: { format: 'auto' } };

/** Whatever may be asked of an upload. */
const EVERY_REQUEST = ['put', 'list', 'partUrls', 'complete', 'read', 'abort'] as const;

/** All that an item may have when its image is no more. */
const LEFT: Record<string, string[]> = {
  RECORD: ['pk', 'sk', 'imageId', 'owner', 'status', 'deletedAt', 'removeAfter'],
  UPLOAD: ['pk', 'sk', 'uploadId', 'imageId', 'owner', 'status', 'removeAfter'],
  ANSWER: ['pk', 'sk', 'token', 'imageId', 'isAnswered', 'claimedUntil', 'removeAfter'],
};

describe('Deletion erases', () => {
  let services: Services;
  let processing: ProcessDependencies;
  let folder: string;
  let count = 0;
  const client = multipartClient(() => services.asyncUpload);
  before(async () => {
    services = await startServices();
    folder = await mkdtemp(join(tmpdir(), 'erasure-'));
    processing = openProcessing(WORKER_CONFIG, {
      objects: services.objects,
      table: services.table,
      directory: await openWorkDirectory(folder),
      metrics: openMessageMetrics({ METRICS: 'off' }),
      logger: logInto(services.logs, 'worker'),
    });
  });
  after(async () => {
    await processing?.processes.stop();
    await services?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    count += 1;
  });

  const key = () => ({ 'idempotency-key': `erasure-${count}` });

  /** Works on everything that is in the queue, with a store that may be watched. */
  async function work(objects: ObjectStore = services.objects): Promise<void> {
    const process = processMessage({ ...processing, objects });
    for (const message of await services.receiveAll()) await process(delivery(encodeMessage(message)));
  }

  const remove = (imageId: string) => send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
  const record = async (imageId: string) => jsonOf(await send(services.download, { path: `/v1/images/${imageId}` }));

  async function uploadWhole(renditions: unknown[], headers: Record<string, string> = {}): Promise<string> {
    const body = formBody([renditionsPart(renditions), filePart(jpeg)]);
    const sent = {
      method: 'POST',
      path: '/v1/images?visibility=private',
      headers: { 'content-type': FORM_TYPE, ...headers },
    };
    const answer = await send(services.upload, { ...sent, body });
    expect(answer.status, answer.body.toString()).to.equal(201);
    return jsonOf(answer).imageId;
  }

  async function beginInParts(headers: Record<string, string> = {}): Promise<{ upload: Upload; parts: Named[] }> {
    const declaration = {
      ...{ contentType: 'image/jpeg', contentLength: jpeg.length, checksumSha256: sha256(jpeg) },
      ...{ metadata: METADATA, visibility: 'private', renditions: [CARD, OUTSIDE] },
    };
    const upload: Upload = jsonOf(await client.create(declaration, headers));
    return { upload, parts: [await client.part(upload.uploadId, 1, jpeg)] };
  }

  async function uploadInParts(headers: Record<string, string> = {}): Promise<string> {
    const { upload, parts } = await beginInParts(headers);
    await client.completed(upload.uploadId, parts);
    return upload.imageId;
  }

  /** What is known of an image, wherever it may stand: none of it may stand anywhere once the image is deleted. */
  async function knownOf(imageId: string): Promise<string[]> {
    const { checksumSha256, placeholder, dominantColor, createdAt, renditions } = await record(imageId);
    expect(placeholder, 'the worker has described it').to.be.a('string');
    const ofRenditions = renditions.flatMap(({ checksumSha256, failure }: Record<string, { detail?: string }>) => [
      checksumSha256,
      failure?.detail,
    ]);
    const known = [checksumSha256, placeholder, dominantColor, createdAt, METADATA.customer, ...ofRenditions];
    return known.filter((text) => text !== undefined);
  }

  const about = (items: TableItem[], imageId: string) => {
    const uploads = items.filter((item) => item.imageId === imageId).map(({ uploadId }) => uploadId);
    const isItsOwn = (item: TableItem) =>
      JSON.stringify(item).includes(imageId) || (item.uploadId !== undefined && uploads.includes(item.uploadId));
    return items.filter(isItsOwn);
  };

  /** Nothing is left but names, times and whether the image was private, of these kinds of items; and no object. */
  async function expectErased(imageId: string, kinds: string[], known: string[] = []): Promise<void> {
    const items = await allItems(services.table);
    const left = about(items, imageId);
    expect(left.map(({ sk }) => sk)).to.have.members(kinds);
    for (const { pk, sk, ...item } of left) {
      const named =
        sk === 'UPLOAD' ? [] : ['uploadId', 'visibility', 'freed'].filter((name) => item[name] !== undefined);
      expect(Object.keys({ pk, sk, ...item }), pk).to.have.members([...(LEFT[sk] ?? []), ...named]);
    }
    for (const text of known) expect(JSON.stringify(items), text).to.not.include(text);
    expect((await services.leftovers()).filter((name) => name.includes('/') && name.includes(imageId))).to.deep.equal(
      [],
    );
  }

  const WAYS: Record<string, { upload(): Promise<string>; kinds: string[] }> = {
    'uploaded whole, with a rendition that is ready, one that failed and a variant': {
      upload: () => uploadWhole([CARD, OUTSIDE, 'thumb']),
      kinds: ['RECORD'],
    },
    'uploaded whole with an Idempotency-Key': {
      upload: () => uploadWhole([CARD, OUTSIDE], key()),
      kinds: ['RECORD', 'ANSWER'],
    },
    'uploaded in parts, with metadata': { upload: () => uploadInParts(), kinds: ['RECORD', 'UPLOAD'] },
    'uploaded in parts with an Idempotency-Key': {
      upload: () => uploadInParts(key()),
      kinds: ['RECORD', 'UPLOAD', 'ANSWER'],
    },
  };
  for (const [what, { upload, kinds }] of Object.entries(WAYS)) {
    it(`all but names and times of an image that was ${what}`, async () => {
      const imageId = await upload();
      await work();
      const path = `/v1/images/${imageId}/renditions/card`;
      expect((await send(services.download, { path, headers: { accept: 'image/avif' } })).status).to.equal(200);
      await work();
      const names = (await allItems(services.table)).filter(({ pk }) => pk.endsWith(imageId)).map(({ sk }) => sk);
      expect(names).to.include.members(['RENDITION#card', 'RENDITION#card.avif', 'RENDITION#outside']);
      const known = await knownOf(imageId);
      expect(known.length).to.be.at.least(8);
      for (let time = 0; time < 2; time += 1) {
        expect((await remove(imageId)).status).to.equal(204);
        await expectErased(imageId, kinds, known);
      }
      expectProblem(await send(services.download, { path }), 'image_deleted');
    });
  }

  it('what was declared of an upload that is aborted or rejected, with its end', async () => {
    const { upload: aborted } = await beginInParts(key());
    await client.abort(aborted.uploadId);
    const { upload: rejected } = await beginInParts();
    const other = await client.part(rejected.uploadId, 1, Buffer.alloc(jpeg.length, 'no image'));
    expectProblem(await client.complete(rejected.uploadId, [other]), 'upload_rejected');
    const { upload: mismatched } = await beginInParts();
    const bytes = Buffer.concat([jpeg.subarray(0, -1), Buffer.from('x')]);
    const changed = await client.part(mismatched.uploadId, 1, bytes);
    const refusal = expectProblem(await client.complete(mismatched.uploadId, [changed]), 'upload_rejected');
    expect(refusal.failure?.code).to.equal('upload_checksum_mismatch');
    const items = (await allItems(services.table)).filter(({ uploadId }) =>
      [aborted, rejected, mismatched].some((upload) => upload.uploadId === uploadId),
    );
    expect(items).to.have.length(4);
    for (const item of items) {
      expect(item).to.not.have.any.keys('metadata', 'renditions', 'checksumSha256', 'declarationFingerprint');
      for (const text of [METADATA.customer, sha256(jpeg), sha256(bytes)]) {
        expect(JSON.stringify(item)).to.not.include(text);
      }
    }
  });

  it('with an upload in parts what could be told of it', async () => {
    const { upload, parts } = await beginInParts();
    await client.completed(upload.uploadId, parts);
    await remove(upload.imageId);
    expectProblem(await client.read(upload.uploadId), 'image_deleted');
    expectProblem(await client.complete(upload.uploadId, parts), 'image_deleted');
    expectProblem(await client.complete(upload.uploadId, [{ partNumber: 2, eTag: 'a' }]), 'image_deleted');
    await client.expectRefused(upload.uploadId, 'image_deleted', EVERY_REQUEST);
  });

  it('that also where the tombstone is gone before what says that there was an upload', async () => {
    const { upload, parts } = await beginInParts();
    await client.completed(upload.uploadId, parts);
    await remove(upload.imageId);
    const { documents, tableName: TableName } = services.table;
    // No message waits as long as a tombstone stays.
    await services.receiveAll();
    await documents.send(new DeleteCommand({ TableName, Key: recordKey(upload.imageId) }));
    await client.expectRefused(upload.uploadId, 'image_deleted', EVERY_REQUEST);
  });

  it('a part that was on its way, whose image came and went meanwhile', async () => {
    const { upload, parts } = await beginInParts();
    const socket = await openSocket(services.asyncUpload);
    socket.write(
      `PUT /v1/uploads/${upload.uploadId}/parts/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nlat`,
    );
    await eventually('the part begins to come', async () =>
      (await services.leftovers()).some((name) => name.startsWith('incoming/')),
    );
    await client.completed(upload.uploadId, parts);
    await remove(upload.imageId);
    socket.write('e');
    const [chunk] = await socket.take(1).toArray();
    expect(String(chunk)).to.match(/^HTTP\/1\.1 410 [\s\S]*image_deleted/);
    socket.destroy();
    await expectErased(upload.imageId, ['RECORD', 'UPLOAD'], [METADATA.customer]);
  });

  for (const moment of ['copyTo', 'put'] as const) {
    it(`also while a worker is at the image, when it comes to ${moment}`, async () => {
      const imageId = await uploadWhole([CARD, OUTSIDE, 'thumb']);
      const removing: Promise<unknown>[] = [];
      await work({
        ...services.objects,
        [moment]: async (...given: never[]) => {
          removing.push(remove(imageId));
          await Promise.all(removing);
          return (services.objects[moment] as (...args: never[]) => unknown)(...given);
        },
      } as ObjectStore);
      expect(removing.length).to.be.at.least(1);
      await expectErased(imageId, ['RECORD']);
    });
  }

  it('also while renditions are asked for, by requests and by downloads', async () => {
    for (let round = 0; round < 8; round += 1) {
      const imageId = await uploadWhole([CARD]);
      await work();
      const asked = {
        method: 'POST',
        path: `/v1/images/${imageId}/renditions`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ renditions: ['thumb', 'small', OUTSIDE] }),
      };
      const variant = { path: `/v1/images/${imageId}/renditions/card`, headers: { accept: 'image/avif' } };
      const [, ...answers] = await Promise.all([
        remove(imageId),
        send(services.upload, asked),
        send(services.download, variant),
        send(services.upload, asked),
      ]);
      for (const answer of answers) {
        if (answer.status !== 404) expect(answer.status, answer.body.toString()).to.be.oneOf([200, 202, 410]);
      }
      await work();
      await expectErased(imageId, ['RECORD']);
    }
  });

  it('also while an upload is being completed', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { upload, parts } = await beginInParts();
      const completing = client.complete(upload.uploadId, parts);
      await eventually('the image can be deleted', async () => (await remove(upload.imageId)).status === 204);
      const answer = await completing;
      if (answer.status !== 201) expectProblem(answer, 'image_deleted');
      await remove(upload.imageId);
      await work();
      await expectErased(upload.imageId, ['RECORD', 'UPLOAD'], [METADATA.customer]);
    }
    const counters = (await allItems(services.table)).filter(({ pk }) => pk.startsWith('UPLOADS#'));
    expect(counters.map(({ openUploads }) => openUploads)).to.deep.equal([0]);
  });
});
