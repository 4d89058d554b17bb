import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { createS3Client } from '../../shared/runtime/clients.ts';
import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { describeObjectStore } from '../shared/storage/objects/object-store.contract.ts';
import { rejectionOf } from '../support/rejection.ts';
import { openAwsBucket, s3Client } from '../support/storage/aws-endpoint.ts';
import { bodyOf, brokenBody, MiB } from '../support/storage/bodies.ts';
import { uniqueName } from '../support/storage/emulators.ts';

describeObjectStore('S3', async () => {
  const { s3, bucket, close } = await openAwsBucket();
  // moto takes a third of a second to read 1 MiB in the chunks of a signed stream: 200 MiB would be over a minute.
  return { store: openS3ObjectStore(s3, bucket), longestKnown: LIMITS.syncUploadBytes, close };
});

const OPTIONS = { contentType: 'image/png' };

describe('S3 object store', () => {
  it('leaves no multipart upload behind after a body that fails', async () => {
    const { s3, bucket, close } = await openAwsBucket();
    const body = brokenBody(Buffer.alloc(20 * MiB), (body) => void body.destroy(new Error('the sender is gone')));
    await rejectionOf(openS3ObjectStore(s3, bucket).put('originals/a', body, OPTIONS));
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).to.deep.equal([]);
    await close();
  });

  it('rejects, and ends the body, where the bucket does not exist', async () => {
    const s3 = await s3Client();
    const store = openS3ObjectStore(s3, uniqueName('none'));
    const bodies = [bodyOf(Buffer.alloc(20 * MiB)), bodyOf(Buffer.alloc(20 * MiB))] as const;
    await rejectionOf(store.put('originals/a', bodies[0], OPTIONS));
    await rejectionOf(store.put('originals/a', bodies[1], { ...OPTIONS, contentLength: 20 * MiB }));
    expect(bodies.map(({ destroyed }) => destroyed)).to.deep.equal([true, true]);
    await rejectionOf(store.check());
    s3.destroy();
  });

  it('is unavailable where nothing answers', async () => {
    const deaf = await createS3Client({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' });
    const store = openS3ObjectStore(deaf, 'bucket');
    const works = [
      () => store.check(),
      () => store.get('originals/a'),
      () => store.put('originals/a', bodyOf(Buffer.from('a')), OPTIONS),
      () => store.put('originals/a', bodyOf(Buffer.from('a')), { ...OPTIONS, contentLength: 1 }),
      () => store.delete('originals/a'),
      () => store.deletePrefix('renditions/a/'),
    ];
    for (const work of works) {
      expect(await rejectionOf(work()))
        .to.be.instanceOf(ImageServiceError)
        .with.property('code', 'service_unavailable');
    }
    deaf.destroy();
  });
});
