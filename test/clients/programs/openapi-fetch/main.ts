import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/schema.d.ts';

const [, , baseUrl = ''] = process.argv;
const { GET, POST, PUT, DELETE } = createClient<paths>({ baseUrl });
const photo = new Blob([readFileSync('photo.jpg')]);
const big = readFileSync('big.jpg');
const tell = (step: string, value: unknown) => console.log(`${step}=${value}`);
const sha256 = (bytes: ArrayBuffer | Uint8Array) => createHash('sha256').update(new Uint8Array(bytes)).digest('base64');

const form = await POST('/v1/images', {
  body: { file: '' },
  bodySerializer: () => {
    const data = new FormData();
    data.append('file', photo, 'photo.jpg');
    data.append('renditions', JSON.stringify(['thumb']));
    return data;
  },
});
tell('form', form.data?.checksumSha256);

const raw = await POST('/v1/images', {
  params: { query: { rendition: ['thumb'] } },
  body: '',
  headers: { 'content-type': 'application/octet-stream' },
  bodySerializer: () => photo,
});
tell('raw', raw.data?.checksumSha256);

const upload = await POST('/v1/uploads', { body: { contentLength: big.length, metadata: { filename: 'big.jpg' } } });
if (!upload.data) throw new Error(upload.error.code);
const { uploadId, partSize } = upload.data;
const parts: components['schemas']['Part'][] = [];
for (let from = 0; from < big.length; from += partSize) {
  const part = await PUT('/v1/uploads/{uploadId}/parts/{partNumber}', {
    params: { path: { uploadId, partNumber: parts.length + 1 } },
    body: '',
    headers: { 'content-type': 'application/octet-stream' },
    bodySerializer: () => new Blob([big.subarray(from, from + partSize)]),
  });
  if (!part.data) throw new Error(part.error.code);
  parts.push(part.data);
}
const completed = await POST('/v1/uploads/{uploadId}/complete', { params: { path: { uploadId } }, body: { parts } });
tell('parts', completed.data && 'checksumSha256' in completed.data ? completed.data.checksumSha256 : undefined);

const imageId = raw.data?.imageId ?? '';
const path = { imageId };
const record = await GET('/v1/images/{imageId}', { params: { path } });
tell('read', record.data?.renditions[0]?.name);

const asked = await POST('/v1/images/{imageId}/renditions', {
  params: { path },
  body: {
    renditions: [{ name: 'card', commands: [{ operation: 'resize', width: 20 }], output: { format: 'png' } }],
  },
});
const card = asked.data?.renditions.find(({ name }) => name === 'card');
tell('ask', `${card?.commands?.[0]?.operation} ${card?.output?.format}`);

const original = await GET('/v1/images/{imageId}/original', { params: { path }, parseAs: 'arrayBuffer' });
tell('download', original.data && sha256(original.data));

const rendition = await GET('/v1/images/{imageId}/renditions/{rendition}', {
  params: { path: { imageId, rendition: 'card' }, header: { prefer: 'wait=30' } },
  parseAs: 'arrayBuffer',
});
if (rendition.response.status !== 200 || !(rendition.data instanceof ArrayBuffer)) throw new Error('not ready');
tell('rendition', Buffer.from(rendition.data).toString('hex', 0, 4));

const list = await GET('/v1/images', { params: { query: { limit: 100 } } });
tell(
  'list',
  list.data?.images.some((image) => image.imageId === imageId),
);

const deleted = await DELETE('/v1/images/{imageId}', { params: { path } });
tell('delete', deleted.response.status === 204 || deleted.data?.imageId === imageId);

const gone = await GET('/v1/images/{imageId}', { params: { path } });
tell('problem', gone.error?.code);
