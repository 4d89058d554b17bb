import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { deleteImageRecord } from '../../shared/storage/table/image-deletion.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import { readStored, totalKey } from '../../shared/storage/table/stored-usage.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { settingsBeside } from '../support/services/service-settings.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { imageRecord } from '../support/storage/image-records.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/usage.ts', import.meta.url));
const jpeg = await photograph('jpeg');

describe('npm run usage', function () {
  this.timeout(60_000);
  let services: Services;
  let env: Record<string, string>;
  before(async () => {
    services = await startServices({ owners: true });
    env = await settingsBeside(services);
  });
  after(() => services.stop());

  const run = async (...options: string[]): Promise<{ status: number; stdout: string; stderr: string }> => {
    const ended = promisify(execFile)(process.execPath, [SCRIPT, ...options], { env });
    return ended.then(
      (written) => ({ status: 0, ...written }),
      ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
    );
  };
  const upload = async (owner: string): Promise<string> =>
    jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', headers: await as(owner), body: jpeg }))
      .imageId;

  /** An image as it was stored before owners were counted. */
  async function uploadUncounted(owner: string, contentLength: number): Promise<string> {
    const record = imageRecord({ owner, contentLength });
    await createImage(services.table, { record, renditions: [] });
    return record.imageId;
  }

  it('tells what owners have used', async () => {
    await upload('anna');
    await upload('anna');
    await upload('bert');
    const { status, stdout } = await run();
    expect(status).to.equal(0);
    expect(stdout).to.include(`anna: 2 images, ${2 * jpeg.length} bytes, 0 open uploads; today 0 renditions`);
    expect((await run('--owner', 'bert')).stdout).to.match(/^bert: 1 images.*\n$/);
  });

  it('counts images of before with --recount, once, and subtracts them when they are deleted', async () => {
    await upload('carla');
    const old = await uploadUncounted('carla', 50);
    await uploadUncounted('carla', 7);
    expect((await run('--owner', 'carla', '--recount')).stdout).to.match(/2 images count now/);
    expect((await run('--owner', 'carla', '--recount')).status).to.equal(0);
    expect(await readStored(services.table, 'carla')).to.deep.equal({ images: 3, storedBytes: jpeg.length + 57 });
    await deleteImageRecord(services.table, old);
    expect(await readStored(services.table, 'carla')).to.deep.equal({ images: 2, storedBytes: jpeg.length + 7 });
  });

  it('corrects a count that is wrong', async () => {
    await upload('doris');
    await services.table.documents.send(
      new UpdateCommand({
        TableName: services.table.tableName,
        Key: totalKey('doris'),
        UpdateExpression: 'SET images = :wrong',
        ExpressionAttributeValues: { ':wrong': 17 },
      }),
    );
    const { status, stdout } = await run('--owner', 'doris', '--recount');
    expect(stdout).to.include(`1 images, ${jpeg.length} bytes; before 17`);
    expect(status).to.equal(0);
    expect(await readStored(services.table, 'doris')).to.deep.equal({ images: 1, storedBytes: jpeg.length });
  });

  it('stays exact while the owner uploads and deletes', async () => {
    const old = await Promise.all([3, 5, 8].map((bytes) => uploadUncounted('erik', bytes)));
    const [recounted] = await Promise.all([
      run('--owner', 'erik', '--recount'),
      (async () => {
        for (let time = 0; time < 10; time += 1) await upload('erik');
        await deleteImageRecord(services.table, String(old[0]));
      })(),
    ]);
    expect(recounted.stdout).to.match(/images count now/);
    expect(await readStored(services.table, 'erik')).to.deep.equal({ images: 12, storedBytes: 10 * jpeg.length + 13 });
  });

  it('says what is wrong with its arguments', async () => {
    expect((await run('--owner', '')).status).to.equal(2);
    expect((await run('--help')).stdout).to.match(/Exit status 1/);
  });
});
