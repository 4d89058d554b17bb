import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { LOCAL_OWNER } from '../../../shared/domain/principal.ts';
import { readStored } from '../../../shared/storage/table/stored-usage.ts';
import { type CountingProxy, startCountingProxy } from '../../support/http/counting-proxy.ts';
import { type Answered, expectProblem, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');

describe('POST /v1/images during an outage', () => {
  let services: Services;
  let proxies: CountingProxy[];
  beforeEach(async () => {
    proxies = [];
    services = await startServices({
      endpoint: async (emulator) => {
        const proxy = await startCountingProxy(emulator);
        proxies.push(proxy);
        return proxy.url;
      },
    });
  });
  afterEach(async () => {
    await services.stop();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });

  const post = (outgoing: Partial<Outgoing> = {}): Promise<Answered> =>
    send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg, ...outgoing });
  const filesIn = (folder: string) => readdir(join(services.objectsFolder, folder), { recursive: true });

  it('answers service_unavailable without a queue, keeps no bytes, and counts no image', async () => {
    // The services ask DynamoDB through the first proxy, and SQS through the second.
    await proxies[1]?.stop();
    expect(expectProblem(await post({ path: '/v1/images?rendition=thumb' }), 'service_unavailable').detail).to.match(
      /SQS/,
    );
    expect([...(await filesIn('objects/originals')), ...(await filesIn('incoming'))]).to.deep.equal([]);
    expect(await readStored(services.table, LOCAL_OWNER)).to.deep.equal({ images: 0, storedBytes: 0 });
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
