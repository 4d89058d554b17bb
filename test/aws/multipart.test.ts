import { expect } from 'chai';
import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { describeMultipart } from '../shared/storage/objects/multipart.contract.ts';
import { isMoto, openAwsBucket } from '../support/storage/aws-endpoint.ts';

describeMultipart('S3', async () => {
  const { s3, bucket, close } = await openAwsBucket();
  return { store: openS3ObjectStore(s3, bucket), isMoto: await isMoto(), close };
});

describe('part URLs of S3', () => {
  const md5 = 'CY9rzUYh03PK3k6DJie09g==';

  it('bind length and MD5, have no checksum of the SDK, and accept the part by a plain PUT', async () => {
    const { s3, bucket, close } = await openAwsBucket();
    const store = openS3ObjectStore(s3, bucket);
    const key = 'originals/a';
    const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
    const asked = { partNumber: 1, contentLength: 4, contentMd5: md5, expiresIn: 60 };
    const url = new URL(String(await store.presignPart(upload, asked)));
    expect(url.searchParams.get('X-Amz-SignedHeaders')?.split(';')).to.have.members([
      'content-length',
      'content-md5',
      'host',
    ]);
    expect(url.searchParams.get('X-Amz-Expires')).to.equal('60');
    expect([...url.searchParams.keys()].join()).to.not.match(/checksum/i);
    const answer = await fetch(url, { method: 'PUT', body: 'test', headers: { 'content-md5': md5 } });
    expect(answer.status).to.equal(200);
    const { parts } = await store.listParts(upload, { maxParts: 10, partNumberMarker: 0 });
    expect(parts.map(({ size, eTag }) => ({ size, eTag: `"${eTag}"` }))).to.deep.equal([
      { size: 4, eTag: answer.headers.get('etag') },
    ]);
    await store.abortMultipartUpload(upload);
    await close();
  });

  it('bind only the length where no MD5 is given', async () => {
    const { s3, bucket, close } = await openAwsBucket();
    const upload = { key: 'originals/a', storeUploadId: 'an upload' };
    const asked = { partNumber: 7, contentLength: 4, expiresIn: 60 };
    const url = new URL(String(await openS3ObjectStore(s3, bucket).presignPart(upload, asked)));
    expect(url.searchParams.get('X-Amz-SignedHeaders')?.split(';')).to.have.members(['content-length', 'host']);
    expect(url.searchParams.get('partNumber')).to.equal('7');
    expect(url.searchParams.get('uploadId')).to.equal('an upload');
    expect([...url.searchParams.keys()].join()).to.not.match(/checksum/i);
    await close();
  });
});
