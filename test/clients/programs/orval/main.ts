import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  completeUpload,
  createUpload,
  deleteImage,
  getImage,
  getOriginal,
  getRendition,
  type Image,
  listImages,
  requestRenditions,
  uploadImageWithBlob,
  uploadImageWithFormData,
  uploadPart,
} from './generated/client.ts';

const photo = new File([readFileSync('photo.jpg')], 'photo.jpg');
const big = readFileSync('big.jpg');
const tell = (step: string, value: unknown) => console.log(`${step}=${value}`);

const form = await uploadImageWithFormData({ file: photo, renditions: JSON.stringify(['thumb']) });
if (form.status !== 201) throw new Error(`the form answered ${form.status}`);
tell('form', form.data.checksumSha256);

const raw = await uploadImageWithBlob(photo, { rendition: ['thumb'] });
if (raw.status !== 201) throw new Error(`the raw upload answered ${raw.status}`);
tell('raw', raw.data.checksumSha256);

const upload = await createUpload({ contentLength: big.length });
if (upload.status !== 201) throw new Error(upload.data.code);
const { uploadId, partSize } = upload.data;
const parts = [];
for (let from = 0; from < big.length; from += partSize) {
  const part = await uploadPart(uploadId, parts.length + 1, new Blob([big.subarray(from, from + partSize)]));
  if (part.status !== 200) throw new Error(part.data.code);
  parts.push(part.data);
}
const completed = await completeUpload(uploadId, { parts });
if (completed.status !== 201) throw new Error(`complete answered ${completed.status}`);
tell('parts', completed.data.checksumSha256);

const { imageId } = raw.data;
const record = await getImage(imageId);
if (record.status !== 200) throw new Error(`the record answered ${record.status}`);
tell('read', record.data.renditions[0]?.name);

const asked = await requestRenditions(imageId, {
  renditions: [{ name: 'card', commands: [{ operation: 'resize', width: 20 }], output: { format: 'png' } }],
});
if (asked.status !== 202) throw new Error(asked.data.code);
const card: Image['renditions'][number] | undefined = asked.data.renditions.find(({ name }) => name === 'card');
tell('ask', `${card?.commands?.[0]?.operation} ${card?.output?.format}`);

const original = await getOriginal(imageId);
if (original.status !== 200) throw new Error(`the original answered ${original.status}`);
const bytes = new Uint8Array(await original.data.arrayBuffer());
tell('download', createHash('sha256').update(bytes).digest('base64'));

const rendition = await getRendition(imageId, 'card', undefined, { headers: { prefer: 'wait=30' } });
if (rendition.status !== 200) throw new Error(`the rendition answered ${rendition.status}`);
tell('rendition', Buffer.from(await rendition.data.arrayBuffer()).toString('hex', 0, 4));

const list = await listImages({ limit: 100 });
if (list.status !== 200) throw new Error(`the list answered ${list.status}`);
tell(
  'list',
  list.data.images.some((image) => image.imageId === imageId),
);

const deleted = await deleteImage(imageId);
tell('delete', deleted.status === 202 || deleted.status === 204);

const gone = await getImage(imageId);
tell('problem', gone.status === 410 ? gone.data.code : gone.status);
