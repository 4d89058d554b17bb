import { fileURLToPath } from 'node:url';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Durability } from './durability.ts';
import { openFileObjectStore } from './file-object-store.ts';
import type { ObjectStore } from './object-store.ts';

const MiB = 1024 ** 2;

/** Opens the store of an OBJECT_STORE_URL: `file:///FOLDER`, or `s3://BUCKET`, for which a client is created. */
export async function openObjectStore(
  { url, durability, reserveMiB }: { url: string; durability: Durability; reserveMiB: number },
  createS3: () => Promise<S3Client>,
): Promise<ObjectStore> {
  const { protocol, host } = new URL(url);
  if (protocol === 'file:') {
    return openFileObjectStore(fileURLToPath(url), { durability, reserveBytes: reserveMiB * MiB });
  }
  const { openS3ObjectStore } = await import('./s3-object-store.ts');
  return openS3ObjectStore(await createS3(), host);
}
