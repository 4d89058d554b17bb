import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { hasCode } from '../../shared/domain/errors.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import type { ObjectStore, StoredObject } from '../../shared/storage/objects/object-store.ts';
import { isRenditionOf } from './object-owner.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** An object as its record describes it. */
export interface ExpectedObject extends StoredObject {
  key: string;
  imageId: string;
  /** The name of the rendition, if it is one. */
  rendition?: string;
}

/** The facts for a record that has lost its own: no rendition has such a key. */
const NO_FACTS = { key: '', contentLength: 0, checksumSha256: '' };

/** The object that the record of a rendition describes; undefined if the rendition is not ready and so has no bytes. */
export function expectedRendition(imageId: string, { name, status, facts }: Rendition): ExpectedObject | undefined {
  return status === 'ready' ? { ...NO_FACTS, ...facts, imageId, rendition: name } : undefined;
}

/** How objects are checked. */
export interface ObjectChecks {
  objects: ObjectStore;
  bytes: RateLimiter;
  /** Whether to compare lengths only, without reading the bytes. */
  quick: boolean;
  /** Receives the number of bytes that were read. */
  onRead(bytes: number): void;
}

/** The result of a check: the object is well or missing, its record names a foreign key, or a sentence says what is wrong or why it could not be read. */
export type CheckResult = 'well' | 'missing' | 'foreign' | { wrong: string } | { unread: string };

/** Why a disk or S3 does not hand out one object, while it may well hand out others. */
const UNREADABLE = new Set(['EIO', 'EACCES', 'EPERM', 'InvalidObjectState']);

/** Compares an object with its record. Rejects if the store itself fails. */
export async function checkObject(expected: ExpectedObject, looking: ObjectChecks): Promise<CheckResult> {
  const { key, contentLength, checksumSha256, imageId, rendition } = expected;
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
    return hasCode(error, 'object_damaged')
      ? { wrong: explainUnreadable(error) }
      : { unread: explainUnreadable(error) };
  }
}

/** The length of an object, and its bytes where they are to be read. */
async function open(key: string, { objects, quick }: ObjectChecks): Promise<{ found: number; body?: Readable }> {
  if (quick) return { found: (await objects.head(key)).contentLength };
  const { objectLength, body } = await objects.get(key);
  return { found: objectLength, body };
}

/** Whether an object exists, whole or not. */
export async function objectExists(key: string, objects: ObjectStore): Promise<boolean> {
  try {
    await objects.head(key);
    return true;
  } catch (error) {
    if (hasCode(error, 'object_missing')) return false;
    if (hasCode(error, 'object_damaged') || refusalCode(error)) return true;
    throw error;
  }
}

/** Why an object cannot be read, in a sentence. Throws where that is not the object's fault: the store itself fails. */
export function explainUnreadable(error: unknown): string {
  if (hasCode(error, 'object_damaged')) return (error as Error).message;
  const code = refusalCode(error);
  if (code) return `It cannot be read (${code}).`;
  throw error;
}

/** The code with which the system or S3 refuses a single object while others may be well; undefined for every other error. */
export function refusalCode(error: unknown): string | undefined {
  const { code, name, cause } = error as NodeJS.ErrnoException;
  const known = [code, name].find((each) => each && UNREADABLE.has(each));
  return known ?? (cause ? refusalCode(cause) : undefined);
}

/** Reads a body to its end at the permitted rate. */
export async function readAll(body: Readable, { bytes, onRead }: ObjectChecks): Promise<StoredObject> {
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
