import { createHash } from 'node:crypto';
import { type ImageView, imagePath } from '../../shared/contracts/api/image-view.ts';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { partPath, type UploadView, uploadPath } from '../../shared/contracts/api/upload-view.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { expectEqual, expectStatus, jsonOf } from './expectations.ts';
import { largePicture, type Picture, smallPhotograph } from './pictures.ts';
import { type Run, theWhole, waitFor } from './run.ts';

/** Compares a new record with the picture. */
function expectRecord(what: string, image: ImageView, { mediaType, bytes, size, checksumSha256 }: Picture): void {
  expectEqual(`the contentType of ${what}`, image.contentType, mediaType);
  expectEqual(`the contentLength of ${what}`, image.contentLength, bytes.length);
  expectEqual(`the checksumSha256 of ${what}`, image.checksumSha256, checksumSha256);
  expectEqual(`the size of ${what}`, `${image.width} × ${image.height}`, `${size.width} × ${size.height}`);
}

/** Uploads a photograph by a form in one request. */
export async function uploadWhole(run: Run): Promise<void> {
  const picture = await smallPhotograph(run.id);
  const form = new FormData();
  form.append('renditions', JSON.stringify(picture.renditions.map(({ request }) => request)));
  form.append('file', new Blob([new Uint8Array(picture.bytes)], { type: picture.mediaType }), picture.fileName);
  const encoded = new Response(form);
  const headers = {
    'content-type': encoded.headers.get('content-type') ?? '',
    // A request that is sent again must not make a second image.
    'idempotency-key': picture.fileName,
  };
  const body = Buffer.from(await encoded.arrayBuffer());
  run.hasBegun = true;
  const answer = await run.api.ask('POST', `${ROUTES.uploadImage.path}?visibility=public`, { headers, body });
  expectStatus('the upload', answer, 201);
  const image = jsonOf<ImageView>('the upload', answer);
  run.imageIds.add(image.imageId);
  expectRecord('the new record', image, picture);
  run.whole = { picture, image };
}

/** Uploads a private picture in two parts, with the first picture as its watermark. */
export async function uploadInParts(run: Run): Promise<void> {
  const { api } = run;
  const picture = await largePicture(run.id, theWhole(run).image.imageId);
  const declaration = {
    contentType: picture.mediaType,
    contentLength: picture.bytes.length,
    checksumSha256: picture.checksumSha256,
    metadata: { filename: picture.fileName },
    visibility: 'private',
    renditions: picture.renditions.map(({ request }) => request),
  };
  const headers = { 'idempotency-key': picture.fileName };
  const created = await api.ask('POST', ROUTES.createUpload.path, { json: declaration, headers });
  expectStatus('the declaration of the upload', created, 201);
  const { uploadId, imageId } = jsonOf<UploadView>('the declaration of the upload', created);
  run.uploadIds.add(uploadId);
  run.imageIds.add(imageId);
  const parts = await sendParts(run, uploadId, picture.bytes);
  const image = await complete(run, uploadId, parts);
  run.uploadIds.delete(uploadId);
  expectRecord('the joined record', image, picture);
  run.inParts = { picture, image };
}

async function sendParts({ api }: Run, uploadId: string, bytes: Buffer) {
  const size = LIMITS.minPartBytes;
  const parts: NamedPart[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    const body = bytes.subarray(start, start + size);
    const partNumber = parts.length + 1;
    const digest = createHash('sha256').update(body).digest('base64');
    const headers = { 'content-digest': `sha-256=:${digest}:` };
    const answer = await api.ask('PUT', partPath(uploadId, partNumber), { body, headers });
    expectStatus(`part ${partNumber}`, answer, 200);
    parts.push({ partNumber, eTag: jsonOf<{ eTag: string }>(`part ${partNumber}`, answer).eTag });
  }
  return parts;
}

/** Completing a large upload may take longer than one request, which then answers 202. */
async function complete(run: Run, uploadId: string, parts: object[]): Promise<ImageView> {
  return waitFor(run, 'the parts are joined', async () => {
    const answer = await run.api.ask('POST', `${uploadPath(uploadId)}/complete`, { json: { parts } });
    expectStatus('completing the upload', answer, 201, 200, 202);
    return answer.status === 202 ? undefined : jsonOf<ImageView>('completing the upload', answer);
  });
}

/** Waits until all renditions of an image are ready, and returns its record. */
export async function waitForRenditions(run: Run, image: ImageView): Promise<ImageView> {
  const path = imagePath(image.imageId);
  return waitFor(run, 'all renditions are made', async () => {
    const answer = await run.api.ask('GET', path);
    // A record that was just written may not be visible yet.
    if (answer.status === 404) return undefined;
    expectStatus('the record', answer, 200);
    const now = jsonOf<ImageView>('the record', answer);
    for (const { name, status, failure } of now.renditions ?? [])
      if (status === 'failed')
        expectEqual(
          `the status of the rendition ${name}`,
          `failed: ${failure?.code} ${failure?.detail ?? ''}`,
          'ready',
        );
    return now.renditions?.every(({ status }) => status === 'ready') ? now : undefined;
  });
}
