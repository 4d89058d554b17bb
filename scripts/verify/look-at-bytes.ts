import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { hasCode } from '../../shared/domain/errors.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import type { ObjectStore, StoredObject } from '../../shared/storage/object-store.ts';
import { isRenditionOf } from './keys.ts';
import type { Pace } from './pace.ts';

/** What a record tells of an object. */
export interface Promised extends StoredObject {
  key: string;
  imageId: string;
  /** Its name, where it is one. */
  rendition?: string;
}

/** Of a record that does not say what was made: no rendition has such a key. */
const NO_FACTS = { key: '', contentLength: 0, checksumSha256: '' };

/** What the record of a rendition tells of it; undefined if it is not ready, so that there are no bytes to look at. */
export function promisedBy(imageId: string, { name, status, facts }: Rendition): Promised | undefined {
  return status === 'ready' ? { ...NO_FACTS, ...facts, imageId, rendition: name } : undefined;
}

/** How objects are looked at. */
export interface Looking {
  objects: ObjectStore;
  bytes: Pace;
  /** Without reading them. */
  quick: boolean;
  /** Told of the bytes that were read. */
  onRead(bytes: number): void;
}

/** What became of an object: all is well, it is not there, its record names a key that cannot be its own, or in a sentence what is wrong with it, or why nobody can tell. */
export type Verdict = 'well' | 'missing' | 'foreign' | { wrong: string } | { unread: string };

/** Why a disk or S3 does not hand out one object, while it may well hand out others. */
const UNREADABLE = new Set(['EIO', 'EACCES', 'EPERM', 'InvalidObjectState']);

/** Compares an object with what its record tells. Rejects where the store itself fails. */
export async function lookAt(promised: Promised, looking: Looking): Promise<Verdict> {
  const { key, contentLength, checksumSha256, imageId, rendition } = promised;
  if (rendition !== undefined && !isRenditionOf(imageId, key)) return 'foreign';
  try {
    const { found, body } = await open(key, looking);
    if (found !== contentLength) {
      body?.destroy();
      return { wrong: `It has ${found} bytes, and its record tells of ${contentLength}.` };
    }
    const read = body && (await readAll(body, looking));
    if (!read || read.checksumSha256 === checksumSha256) return 'well';
    return {
      wrong: `Its bytes are not those that were stored: their SHA-256 is ${read.checksumSha256}, and its record tells of ${checksumSha256}.`,
    };
  } catch (error) {
    if (hasCode(error, 'object_missing')) return 'missing';
    return hasCode(error, 'object_damaged') ? { wrong: unreadable(error) } : { unread: unreadable(error) };
  }
}

/** The length of an object, and its bytes where they are to be read. */
async function open(key: string, { objects, quick }: Looking): Promise<{ found: number; body?: Readable }> {
  if (quick) return { found: (await objects.head(key)).contentLength };
  const { objectLength, body } = await objects.get(key);
  return { found: objectLength, body };
}

/** Whether there is an object, whole or not. */
export async function isThere(key: string, objects: ObjectStore): Promise<boolean> {
  try {
    await objects.head(key);
    return true;
  } catch (error) {
    if (hasCode(error, 'object_missing')) return false;
    if (hasCode(error, 'object_damaged') || refusalOf(error)) return true;
    throw error;
  }
}

/** Why an object cannot be read, in a sentence. Throws where that is not the object's fault: the store itself fails. */
export function unreadable(error: unknown): string {
  if (hasCode(error, 'object_damaged')) return (error as Error).message;
  const code = refusalOf(error);
  if (code) return `It cannot be read (${code}).`;
  throw error;
}

/** The code by which the system or S3 refuses one thing, while others may be well; undefined of every other error. */
export function refusalOf(error: unknown): string | undefined {
  const { code, name, cause } = error as NodeJS.ErrnoException;
  const known = [code, name].find((each) => each && UNREADABLE.has(each));
  return known ?? (cause ? refusalOf(cause) : undefined);
}

/** Reads a body to its end at the pace that is allowed. */
export async function readAll(body: Readable, { bytes, onRead }: Looking): Promise<StoredObject> {
  const hash = createHash('sha256');
  let contentLength = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash.update(chunk);
    contentLength += chunk.length;
    onRead(chunk.length);
    await bytes.take(chunk.length);
  }
  return { contentLength, checksumSha256: hash.digest('base64') };
}
