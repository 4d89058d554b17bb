import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../../scripts/local/emulators/emulators.ts';
import { createS3Client } from '../../../../shared/runtime/clients.ts';
import { openS3ObjectStore } from '../../../../shared/storage/objects/s3-object-store.ts';
import { startWebServer, type WebServer } from '../../../support/http/web-server.ts';
import { rejectionOf } from '../../../support/rejection.ts';

/** What S3 does is in object-store.contract.ts; this is about what stands before it. */
describe('S3 object store behind a proxy that drops Content-Length', () => {
  let server: WebServer;
  before(async () => {
    Object.assign(process.env, LOCAL_CREDENTIALS);
    server = await startWebServer((_, response) => {
      response.write('an object');
      response.end();
    });
  });
  after(() => server?.stop());

  for (const verb of ['get', 'head'] as const)
    it(`does not take an object for empty in ${verb}`, async () => {
      const s3 = await createS3Client({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: server.url });
      const store = openS3ObjectStore(s3, 'images');
      expect(String(await rejectionOf(store[verb]('originals/a')))).to.include('originals/a without Content-Length');
      s3.destroy();
    });
});

describe('S3 object store whose bodies do not arrive', () => {
  let server: WebServer;
  before(async () => {
    Object.assign(process.env, LOCAL_CREDENTIALS);
    server = await startWebServer((_, response) => {
      response.writeHead(200, { 'content-length': 9 }).flushHeaders();
      setImmediate(() => response.destroy());
    });
  });
  after(() => server?.stop());

  it('answers service_unavailable before it returns a body', async () => {
    const s3 = await createS3Client({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: server.url });
    const store = openS3ObjectStore(s3, 'images');
    expect(await rejectionOf(store.get('originals/a'))).to.have.property('code', 'service_unavailable');
    s3.destroy();
  });
});
