import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  AsyncUploadApi,
  Configuration,
  DownloadApi,
  ProblemFromJSON,
  ResponseError,
  SyncUploadApi,
} from './generated/index';

const [, , basePath = ''] = process.argv;
const configuration = new Configuration({ basePath });
const [images, uploads, downloads] = [
  new SyncUploadApi(configuration),
  new AsyncUploadApi(configuration),
  new DownloadApi(configuration),
];
const photo = new File([readFileSync('photo.jpg')], 'photo.jpg');
const big = readFileSync('big.jpg');
const tell = (step: string, value: unknown) => console.log(`${step}=${value}`);

const form = await images.uploadImage({ file: photo, renditions: JSON.stringify(['thumb']) });
tell('form', form.checksumSha256);

const raw = await images.uploadImage({ file: photo, rendition: ['thumb'] }, async () => ({
  headers: { 'content-type': 'application/octet-stream' },
  body: photo,
}));
tell('raw', raw.checksumSha256);

const { uploadId, partSize } = await uploads.createUpload({ uploadDeclaration: { contentLength: big.length } });
const parts = [];
for (let from = 0; from < big.length; from += partSize) {
  const body = new Blob([big.subarray(from, from + partSize)]);
  parts.push(await uploads.uploadPart({ uploadId, partNumber: parts.length + 1, body }));
}
const completed = await uploads.completeUpload({ uploadId, partsToComplete: { parts } });
tell('parts', completed.checksumSha256);

const { imageId } = raw;
const record = await downloads.getImage({ imageId });
tell('read', record.renditions[0]?.name);

const asked = await images.requestRenditions({
  imageId,
  renditionsRequest: {
    renditions: [{ name: 'card', commands: [{ operation: 'resize', width: 20 }], output: { format: 'png' } }],
  },
});
const card = asked.renditions.find(({ name }) => name === 'card');
tell('ask', `${card?.commands?.[0]?.operation} ${card?.output?.format}`);

const original = await downloads.getOriginal({ imageId });
const bytes = new Uint8Array(await original.arrayBuffer());
tell('download', createHash('sha256').update(bytes).digest('base64'));

const rendition = await downloads.getRendition({ imageId, rendition: 'card', prefer: 'wait=30' });
tell('rendition', Buffer.from(await rendition.arrayBuffer()).toString('hex', 0, 4));

const list = await downloads.listImages({ limit: 100 });
tell(
  'list',
  list.images.some((image) => image.imageId === imageId),
);

await images.deleteImage({ imageId });
tell('delete', true);

try {
  await downloads.getImage({ imageId });
} catch (error) {
  if (!(error instanceof ResponseError)) throw error;
  tell('problem', ProblemFromJSON(await error.response.json()).code);
}
