import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { client } from './generated/client.gen.ts';
import {
  completeUpload,
  createUpload,
  deleteImage,
  getImage,
  getOriginal,
  getRendition,
  listImages,
  requestRenditions,
  uploadImage,
  uploadPart,
} from './generated/sdk.gen.ts';
import type { Part } from './generated/types.gen.ts';

const [, , baseUrl = ''] = process.argv;
client.setConfig({ baseUrl });
const photo = new File([readFileSync('photo.jpg')], 'photo.jpg');
const big = readFileSync('big.jpg');
const tell = (step: string, value: unknown) => console.log(`${step}=${value}`);
const throwOnError = true;

const form = await uploadImage({ body: { file: photo, renditions: JSON.stringify(['thumb']) }, throwOnError });
tell('form', form.data.checksumSha256);

const raw = await uploadImage({
  body: { file: photo },
  bodySerializer: () => photo,
  headers: { 'Content-Type': 'application/octet-stream' },
  query: { rendition: ['thumb'] },
  throwOnError,
});
tell('raw', raw.data.checksumSha256);

const { uploadId, partSize } = (await createUpload({ body: { contentLength: big.length }, throwOnError })).data;
const parts: Part[] = [];
for (let from = 0; from < big.length; from += partSize) {
  const body = new Blob([big.subarray(from, from + partSize)]);
  const part = await uploadPart({ path: { uploadId, partNumber: parts.length + 1 }, body, throwOnError });
  parts.push(part.data);
}
const completed = await completeUpload({ path: { uploadId }, body: { parts }, throwOnError });
tell('parts', completed.data.checksumSha256);

const { imageId } = raw.data;
const record = await getImage({ path: { imageId }, throwOnError });
tell('read', record.data.renditions[0]?.name);

const asked = await requestRenditions({
  path: { imageId },
  body: {
    renditions: [{ name: 'card', commands: [{ operation: 'resize', width: 20 }], output: { format: 'png' } }],
  },
  throwOnError,
});
const card = asked.data.renditions.find(({ name }) => name === 'card');
tell('ask', `${card?.commands?.[0]?.operation} ${card?.output?.format}`);

const original = await getOriginal({ path: { imageId }, parseAs: 'blob', throwOnError });
const bytes = new Uint8Array(await original.data.arrayBuffer());
tell('download', createHash('sha256').update(bytes).digest('base64'));

const rendition = await getRendition({
  path: { imageId, rendition: 'card' },
  headers: { prefer: 'wait=30' },
  parseAs: 'blob',
  throwOnError,
});
if (!(rendition.data instanceof Blob)) throw new Error(rendition.data.status);
tell('rendition', Buffer.from(await rendition.data.arrayBuffer()).toString('hex', 0, 4));

const list = await listImages({ query: { limit: 100 }, throwOnError });
tell(
  'list',
  list.data.images.some((image) => image.imageId === imageId),
);

const deleted = await deleteImage({ path: { imageId } });
tell('delete', deleted.error === undefined);

const gone = await getImage({ path: { imageId } });
tell('problem', gone.error?.code);
