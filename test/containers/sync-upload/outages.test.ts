import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Answered, expectProblem, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');

describe('POST /v1/images during an outage', () => {
  let services: Services;
  beforeEach(async () => {
    services = await startServices();
  });
  afterEach(() => services.stop());

  const post = (outgoing: Partial<Outgoing> = {}): Promise<Answered> =>
    send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg, ...outgoing });
  const filesIn = (folder: string) => readdir(join(services.objectsFolder, folder), { recursive: true });

  it('answers service_unavailable without a queue, and keeps no bytes', async () => {
    await services.stopEmulators();
    expect(expectProblem(await post({ path: '/v1/images?rendition=thumb' }), 'service_unavailable').detail).to.match(
      /SQS/,
    );
    expect([...(await filesIn('objects/originals')), ...(await filesIn('incoming'))]).to.deep.equal([]);
  });

  it('answers service_unavailable without a table, and reads no body when it cannot claim the key', async () => {
    await services.stopEmulators();
    expect(expectProblem(await post(), 'service_unavailable').detail).to.match(/DynamoDB/);
    const before = await filesIn('objects');
    expectProblem(await post({ headers: { 'idempotency-key': 'a' } }), 'service_unavailable');
    expect(await filesIn('objects')).to.deep.equal(before);
    expect(await filesIn('incoming')).to.deep.equal([]);
  });

  it('answers service_unavailable when the object store is gone', async () => {
    await rm(services.objectsFolder, { recursive: true });
    await writeFile(services.objectsFolder, 'in its place');
    expectProblem(await post({ headers: { 'idempotency-key': 'a' } }), 'service_unavailable');
    await rm(services.objectsFolder);
  });
});
