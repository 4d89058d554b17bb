import { expect } from 'chai';
import { LIMITS } from '../../shared/domain/limits.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { expectProblem, jsonOf } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { rejectionOf } from '../support/rejection.ts';
import { md5, multipartClient, sha256 } from '../support/services/multipart-client.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { openAwsBucket } from '../support/storage/aws-endpoint.ts';

/** Runs through the whole API with S3 as its object store. */
describe('uploads in parts on S3', () => {
  let services: Services;
  let close: () => Promise<void>;
  let image: Buffer[];
  const client = multipartClient(() => services.asyncUpload);

  before(async () => {
    const opened = await openAwsBucket();
    close = opened.close;
    services = await startServices({ openObjects: async () => openS3ObjectStore(opened.s3, opened.bucket) });
    const first = Buffer.alloc(LIMITS.minPartBytes, 'x');
    (await photograph('jpeg')).copy(first);
    image = [first, Buffer.from('the end')];
  });
  after(async () => {
    await services?.stop();
    await close?.();
  });

  const declared = () => ({ contentLength: Buffer.concat(image).length, checksumSha256: sha256(...image) });

  it('become images, byte for byte, and give the same answer when they are completed again', async () => {
    const { upload, parts } = await client.uploaded(image, { ...declared(), renditions: ['thumb'] });
    expect(await client.stored(upload.uploadId)).to.deep.equal(image.map((part, index) => [index + 1, part.length]));
    const completed = await client.completed(upload.uploadId, parts);
    expect(completed).to.include({ imageId: upload.imageId, ...declared() });
    expect(await client.completed(upload.uploadId, parts)).to.deep.equal(completed);
    const original = await fetch(`${services.download}${completed.links.original}`);
    expect(Buffer.from(await original.arrayBuffer()).equals(Buffer.concat(image))).to.equal(true);
    expect((await services.receiveAll()).map(({ imageId }) => imageId)).to.deep.equal([upload.imageId]);
    await client.expectRefused(upload.uploadId, 'upload_completed', ['put', 'list', 'abort']);
  });

  it('accept parts directly at S3, by URLs that need nothing but the bytes', async () => {
    // Presigned URLs are only given for parts of the regular size.
    const [{ partSize }, end] = [await client.begin(), Buffer.from('the end')];
    const first = Buffer.alloc(partSize, 'x');
    (await photograph('jpeg')).copy(first);
    const whole = [first, end];
    const { uploadId } = await client.begin({ contentLength: partSize + end.length });
    const asked = whole.map((bytes, index) => ({
      partNumber: index + 1,
      contentLength: bytes.length,
      contentMd5: md5(bytes),
    }));
    const { parts: urls } = jsonOf(await client.partUrls(uploadId, { parts: asked }));
    const parts = await Promise.all(
      urls.map(async ({ url, method, headers, partNumber }: Record<string, string>, index: number) => {
        expect(url).to.not.include(services.asyncUpload);
        const body = new Uint8Array(whole[index] ?? []);
        const answer = await fetch(String(url), { method: String(method), headers: Object(headers), body });
        expect(answer.status).to.equal(200);
        return { partNumber, eTag: answer.headers.get('etag') };
      }),
    );
    expect((await client.completed(uploadId, parts)).checksumSha256).to.equal(sha256(...whole));
  });

  it('store no more than was declared at S3, whatever URLs are requested one at a time', async () => {
    const contentLength = Buffer.concat(image).length;
    const { uploadId } = await client.begin({ contentLength });
    const body = new Uint8Array(contentLength);
    const urls: string[] = [];
    for (let partNumber = 1; partNumber <= 12; partNumber += 1) {
      const answer = await client.partUrls(uploadId, { parts: [{ partNumber, contentLength }] });
      if (answer.status === 200) urls.push(jsonOf(answer).parts[0].url);
      else expectProblem(answer, 'part_too_large');
    }
    // The parts are sent only now, because the service could see stored ones.
    for (const url of urls) expect((await fetch(url, { method: 'PUT', body })).status).to.equal(200);
    expect(await client.stored(uploadId)).to.deep.equal([[1, contentLength]]);
    await client.abort(uploadId);
  });

  it('are refused with the reason for a wrong list of parts, and complete with the right list', async () => {
    const { upload, parts } = await client.uploaded(image, declared());
    const [first, last] = parts;
    if (!first || !last) throw new Error('there are two parts');
    for (const [list, code] of [
      [[last, first], 'invalid_part_order'],
      [[first, first], 'invalid_part_order'],
      [[first], 'upload_length_mismatch'],
      [[first, { ...last, eTag: first.eTag }], 'invalid_part'],
      [[first, { ...last, partNumber: 3 }], 'invalid_part'],
    ] as const) {
      expectProblem(await client.complete(upload.uploadId, list), code);
    }
    await client.completed(upload.uploadId, parts);
  });

  it('are rejected and removed when their bytes are not an image', async () => {
    const { upload, parts } = await client.uploaded([Buffer.from('no image')]);
    for (const _ of [1, 2]) {
      const problem = expectProblem(await client.complete(upload.uploadId, parts), 'upload_rejected');
      expect(problem.failure?.code).to.equal('unsupported_image');
    }
    await rejectionOf(services.objects.get(originalKey(upload.imageId)));
  });

  it('are removed with all their parts when they are aborted', async () => {
    const { upload } = await client.uploaded(image);
    for (const _ of [1, 2]) expect((await client.abort(upload.uploadId)).status).to.equal(204);
    // Does not try UploadPart within a second, which asks S3 itself: moto answers 500 where S3 says NoSuchUpload.
    await client.expectRefused(upload.uploadId, 'upload_aborted', ['list', 'partUrls', 'complete']);
  });
});
