import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import { type LocalStack, startStack } from '../../../scripts/local/stack.ts';
import type { UploadView } from '../../../shared/contracts/api/upload-view.ts';
import { IMAGE_TABLE, uploadPartition, uploadSortKey } from '../../../shared/contracts/table.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { createDocumentClient } from '../../../shared/runtime/clients.ts';
import { eventually } from '../../support/eventually.ts';
import { type Answered, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../../containers/async-upload/main.ts', import.meta.url));
const PARTS = 8;

/** The service's own program in a process that is killed again and again, beside everything else of one machine. */
describe('async-upload that is killed', () => {
  let folder: TemporaryFolder;
  let stack: LocalStack;
  let child: ChildProcess;
  let url: string;
  let image: Buffer;
  let sha256: string;

  before(async function () {
    this.timeout(60_000);
    Object.assign(process.env, LOCAL_CREDENTIALS);
    image = Buffer.alloc(PARTS * LIMITS.minPartBytes);
    (await photograph('jpeg')).copy(image);
    sha256 = createHash('sha256').update(image).digest('base64');
    folder = await createTemporaryFolder();
    stack = await startStack({
      port: 0,
      folder: folder.path,
      logLevel: 'silent',
      readLog: (_, lines) => lines.resume(),
    });
    await start();
  });
  after(async function () {
    this.timeout(60_000);
    child.kill('SIGKILL');
    await stack.stop();
    await folder.remove();
  });

  async function start(): Promise<void> {
    const port = String(await freePort());
    const env = { ...stack.settings, ...LOCAL_CREDENTIALS, PORT: port };
    child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    url = `http://127.0.0.1:${port}`;
    await eventually('async-upload is ready', async () => (await fetch(`${url}/ready`).catch(() => undefined))?.ok);
  }

  async function killAndRestart(): Promise<void> {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await start();
  }

  const json = (method: string, path: string, body?: object): Promise<Answered> =>
    send(url, {
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });

  async function begin(): Promise<UploadView> {
    const declaration = { contentType: 'image/jpeg', contentLength: image.length, checksumSha256: sha256 };
    return jsonOf(await json('POST', '/v1/uploads', { ...declaration, renditions: ['thumb'] }));
  }

  const bytesOf = (partNumber: number) =>
    image.subarray((partNumber - 1) * LIMITS.minPartBytes, partNumber * LIMITS.minPartBytes);

  async function put({ links }: UploadView, partNumber: number): Promise<{ partNumber: number; eTag: string }> {
    const answer = await send(url, { method: 'PUT', path: `${links.parts}/${partNumber}`, body: bytesOf(partNumber) });
    expect(answer.status, answer.body.toString()).to.equal(200);
    const { eTag } = jsonOf(answer);
    return { partNumber, eTag };
  }

  async function putAll(upload: UploadView) {
    const parts: { partNumber: number; eTag: string }[] = [];
    for (let partNumber = 1; partNumber <= PARTS; partNumber += 1) parts.push(await put(upload, partNumber));
    return parts;
  }

  async function expectImage(imageId: string): Promise<void> {
    const original = await fetch(`${stack.targets.download}/v1/images/${imageId}/original`);
    expect(original.status).to.equal(200);
    const bytes = Buffer.from(await original.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('base64')).to.equal(sha256);
  }

  /** What its holder would have renewed if it lived. */
  async function letClaimLapse(uploadId: string): Promise<void> {
    const place = stack.settings as { AWS_REGION: string; AWS_ENDPOINT_URL_DYNAMODB: string };
    const documents = createDocumentClient(place);
    const Key = { [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId), [IMAGE_TABLE.sortKey]: uploadSortKey };
    const update = { UpdateExpression: 'SET claimedUntil = :past', ExpressionAttributeValues: { ':past': 0 } };
    await documents.send(new UpdateCommand({ TableName: String(stack.settings.IMAGE_TABLE_NAME), Key, ...update }));
    documents.destroy();
  }

  it('keeps every part that it has answered, and nothing of a part that was on its way', async () => {
    const upload = await begin();
    const parts = [await put(upload, 1), await put(upload, 2), await put(upload, 3)];
    const body = [bytesOf(4).subarray(0, 1_000_000)];
    const cut = send(url, {
      method: 'PUT',
      path: `${upload.links.parts}/4`,
      headers: { 'content-length': String(LIMITS.minPartBytes) },
      body,
    }).catch((error: unknown) => error);
    await sleep(50);
    await killAndRestart();
    await cut;
    const listed = jsonOf(await json('GET', String(upload.links.parts)));
    expect(
      listed.parts.map(({ partNumber, eTag }: { partNumber: number; eTag: string }) => ({ partNumber, eTag })),
    ).to.deep.equal(parts);
    for (let partNumber = 4; partNumber <= PARTS; partNumber += 1) parts.push(await put(upload, partNumber));
    const completed = await json('POST', String(upload.links.complete), { parts });
    expect(completed.status, completed.body.toString()).to.equal(201);
    await expectImage(upload.imageId);
  }).timeout(60_000);

  it('completes an upload in the middle of whose completion it was killed, and shows nothing of it before', async () => {
    for (const delay of [0, 15, 30, 60, 90]) {
      const upload = await begin();
      const parts = await putAll(upload);
      const cut = json('POST', String(upload.links.complete), { parts }).catch((error: unknown) => error);
      await sleep(delay);
      await killAndRestart();
      await cut;
      const record = await fetch(`${stack.targets.download}/v1/images/${upload.imageId}`);
      expect(record.status).to.be.oneOf([200, 404]);
      if (record.status === 200) await expectImage(upload.imageId);
      await letClaimLapse(upload.uploadId);
      const again = await json('POST', String(upload.links.complete), { parts });
      expect(again.status, again.body.toString()).to.equal(201);
      expect(jsonOf(again)).to.include({ imageId: upload.imageId, checksumSha256: sha256 });
      await expectImage(upload.imageId);
      const thumb = `${stack.targets.download}/v1/images/${upload.imageId}/renditions/thumb`;
      await eventually('its rendition is ready', async () => (await fetch(thumb)).status === 200);
    }
  }).timeout(120_000);
});
