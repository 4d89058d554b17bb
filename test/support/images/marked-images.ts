import { randomUUID } from 'node:crypto';
import { createImageId } from '../../../shared/domain/image-id.ts';
import type { ImageRecord, Visibility } from '../../../shared/domain/image-record.ts';
import { originalKey, renditionKey } from '../../../shared/domain/object-key.ts';
import { LOCAL_OWNER } from '../../../shared/domain/principal.ts';
import { queuedRendition, type Rendition } from '../../../shared/domain/rendition.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import type { Services } from '../services/services.ts';
import { bodyOf } from '../storage/bodies.ts';
import { photograph } from './photographs.ts';

/** The state of a rendition. `absent` means that nobody has requested it. */
export const RENDITION_STATES = ['ready', 'queued', 'processing', 'failed', 'absent'] as const;
export type RenditionState = (typeof RENDITION_STATES)[number];

/** An image whose record has a unique value in every field. */
export interface MarkedImage {
  record: ImageRecord;
  /** One of each state but `absent`, named after it. */
  renditions: Rendition[];
  /** The values that nobody may see who may not read the record, by field. */
  secrets: Record<string, string>;
}

const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

/** Writes such an image with its bytes, bypassing the API. */
export async function markedImage(
  { table, objects }: Pick<Services, 'table' | 'objects'>,
  visibility: Visibility,
  owner = LOCAL_OWNER,
): Promise<MarkedImage> {
  const imageId = createImageId();
  const original = await photograph('jpeg', 61, 43);
  const stored = await objects.put(originalKey(imageId), bodyOf(original), { contentType: 'image/jpeg' });
  const watermark = createImageId();
  const record: ImageRecord = {
    ...{ imageId, owner, status: 'stored', visibility, contentType: 'image/jpeg', ...stored },
    ...{ width: 70_061, height: 70_043 },
    metadata: { 'name-of-metadata': 'customer@example.org' },
    placeholder: 'cGxhY2Vob2xkZXI=',
    dominantColor: '#a1b2c3',
    uploadId: randomUUID(),
    createdAt: '2026-01-02T03:04:05.678Z',
  };
  const requested = new Date('2026-02-03T04:05:06.789Z');
  const of = (status: Rendition['status'], place: number): Rendition => ({
    ...queuedRendition(
      { name: status, commands: commandsOf(watermark), output: { format: 'webp', quality: 77 } },
      requested,
      place,
    ),
    status,
  });
  const bytes = await photograph('webp', 23, 19);
  const ready = of('ready', 0);
  const key = renditionKey(record, ready, 'webp');
  const made = await objects.put(key, bodyOf(bytes), { contentType: 'image/webp' });
  const failure = { code: 'watermark_unreadable' as const, detail: `The watermark ${watermark} cannot be decoded.` };
  const renditions: Rendition[] = [
    { ...ready, facts: { key, contentType: 'image/webp', ...made, width: 70_023, height: 70_019 } },
    of('queued', 1),
    of('processing', 2),
    { ...of('failed', 3), failure },
  ];
  // Every rendition has a different pipeline, because otherwise all would share one file.
  for (const [index, rendition] of renditions.entries()) {
    if (index > 0) rendition.output = { ...rendition.output, quality: 77 - index };
  }
  await createImage(table, { record, renditions });
  const secrets = {
    'a name in metadata': 'name-of-metadata',
    'a value in metadata': 'customer@example.org',
    'the placeholder': record.placeholder as string,
    'the colour': record.dominantColor as string,
    'the upload': record.uploadId as string,
    'the time of the upload': record.createdAt,
    'a side of the original': '70061',
    'another side of the original': '70043',
    'the checksum of the original': record.checksumSha256,
    'the checksum of the original in hex': hexOf(record.checksumSha256),
    'the checksum of the rendition': made.checksumSha256,
    'the checksum of the rendition in hex': hexOf(made.checksumSha256),
    'a side of the rendition': '70023',
    'another side of the rendition': '70019',
    'the time of the request': requested.toISOString(),
    'the watermark': watermark,
    'the text of a watermark': 'confidential',
    'the code of a failure': failure.code,
    'the name of a field': '"owner"',
  };
  return { record, renditions, secrets };
}

const commandsOf = (imageId: string): Rendition['commands'] => [
  { operation: 'autoOrient' },
  { operation: 'watermark', imageId, gravity: 'centre', blend: 'over', tile: false, opacity: 1 } as never,
  { operation: 'watermarkText', text: 'confidential' } as never,
];
