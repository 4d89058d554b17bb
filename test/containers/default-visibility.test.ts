import { expect } from 'chai';
import { VISIBILITIES, type Visibility } from '../../shared/domain/image-record.ts';
import { loadConfig } from '../../shared/runtime/config.ts';
import { readStoredImage } from '../../shared/storage/table/image-table.ts';
import { expectProblem, jsonOf, type Outgoing, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { type Services, startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg');

const REQUIRED = {
  HOST: '127.0.0.1',
  PORT: '8084',
  AWS_REGION: 'eu-central-1',
  IMAGE_TABLE_NAME: 'images',
  PROCESSING_QUEUE_URL: 'http://127.0.0.1/000000000000/processing',
  OBJECT_STORE_URL: 'file:///tmp/objects',
};

describe('DEFAULT_VISIBILITY', () => {
  it('is private with authentication, public without, and what is set in both', () => {
    for (const service of ['sync-upload', 'async-upload', 'download'] as const) {
      const keys = { ...REQUIRED, AUTHENTICATION: 'api-keys', API_KEYS: 'a'.repeat(64) };
      const off = { ...REQUIRED, AUTHENTICATION: 'off' };
      expect(loadConfig(service, keys).DEFAULT_VISIBILITY).to.equal('private');
      expect(loadConfig(service, off).DEFAULT_VISIBILITY).to.equal('public');
      expect(loadConfig(service, { ...keys, DEFAULT_VISIBILITY: 'public' }).DEFAULT_VISIBILITY).to.equal('public');
      expect(loadConfig(service, { ...off, DEFAULT_VISIBILITY: 'private' }).DEFAULT_VISIBILITY).to.equal('private');
    }
  });

  const upload = (services: Services, query = '', headers: Outgoing['headers'] = {}) =>
    send(services.upload, { method: 'POST', path: `/v1/images${query}`, headers, body: jpeg });

  for (const defaultVisibility of VISIBILITIES) {
    describe(defaultVisibility, () => {
      let services: Services;
      before(async () => {
        services = await startServices({ defaultVisibility });
      });
      after(() => services.stop());

      const stored = async (imageId: string) =>
        (await readStoredImage(services.table, imageId, { consistent: true })).record.visibility;

      it('is what an upload gets that says nothing, and is in its record', async () => {
        const image = jsonOf(await upload(services));
        expect(image.visibility).to.equal(defaultVisibility);
        expect(await stored(image.imageId)).to.equal(defaultVisibility);
      });

      it('is what an upload in parts gets that says nothing, when it begins and when it is complete', async () => {
        const client = multipartClient(() => services.asyncUpload);
        const declared = jsonOf(await client.create({ contentType: 'image/jpeg' }));
        expect(declared.visibility).to.equal(defaultVisibility);
        const { eTag } = jsonOf(await client.put(declared.uploadId, 1, jpeg));
        const image = jsonOf(await client.complete(declared.uploadId, [{ partNumber: 1, eTag }]));
        expect(image.visibility).to.equal(defaultVisibility);
        expect(await stored(image.imageId)).to.equal(defaultVisibility);
      });

      for (const visibility of VISIBILITIES) {
        it(`is not what an upload gets that says ${visibility}`, async () => {
          expect(jsonOf(await upload(services, `?visibility=${visibility}`)).visibility).to.equal(visibility);
        });
      }
    });
  }

  it('that has changed does not refuse a repeated Idempotency-Key, and changes nothing of what was made', async () => {
    const services = await startServices({ defaultVisibility: 'public' });
    const changed = await startServices({ defaultVisibility: 'private', table: services.table });
    try {
      const first = jsonOf(await upload(services, '', { 'idempotency-key': 'one' }));
      const again = await upload(changed, '', { 'idempotency-key': 'one' });
      expect(again.status, again.body.toString()).to.equal(201);
      expect(jsonOf(again)).to.deep.equal(first);
    } finally {
      await changed.stop();
      await services.stop();
    }
  });

  it('does not hide that a repeated Idempotency-Key asks for another visibility than was asked', async () => {
    const services = await startServices();
    try {
      const keyed = (key: string, visibility?: Visibility) =>
        upload(services, visibility ? `?visibility=${visibility}` : '', { 'idempotency-key': key });
      const first = jsonOf(await keyed('one', 'private'));
      expect(jsonOf(await keyed('one', 'private'))).to.deep.equal(first);
      expectProblem(await keyed('one', 'public'), 'idempotency_key_reused');
      const patched = await send(services.upload, {
        method: 'PATCH',
        path: `/v1/images/${first.imageId}`,
        headers: { 'content-type': 'application/json' },
        body: '{"visibility":"public"}',
      });
      expect(patched.status).to.equal(200);
      // The same upload again, whose image was made public since.
      const { imageId, visibility } = jsonOf(await keyed('one', 'private'));
      expect({ imageId, visibility }).to.deep.equal({ imageId: first.imageId, visibility: 'public' });
    } finally {
      await services.stop();
    }
  });
});
