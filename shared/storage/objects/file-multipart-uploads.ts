import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ImageServiceError } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import { checkNamedParts, checkPartOrder, type NamedPart, type StoredPart } from '../../domain/multipart-upload.ts';
import type { DiskSpace } from './disk-space.ts';
import type { DurableWrites } from './durability.ts';
import { LengthError } from './object-bodies.ts';
import { forEach, partsFolder, RETRIES, removeFolder } from './object-parts-on-disk.ts';
import type { MultipartVerbs, UploadName } from './object-store.ts';
import { readFully } from './read-fully.ts';
import { isMissing, openRegularFile, undefinedIfMissing } from './regular-file.ts';

interface FileMultipartOptions {
  lasting: DurableWrites;
  room: DiskSpace;
  minPartBytes?: number | undefined;
}

export interface FileStoreFolders {
  uploads: string;
  incoming: string;
  /** The path of the file of an object, whether it exists or not. */
  pathOf(key: string): string;
}

/** The length of an MD5, which S3 also uses for the ETag of a part if it encrypts with its own keys. So the same bytes are the same part, whichever copy came last. */
const ETAG_BYTES = 16;

const WRITE_BUFFER = 128 * 1024;
const PART_FILE = /^\d{5}$/;
const UPLOAD_ID = /^(\d{13})-[0-9a-f-]{36}$/;

const fileOf = (partNumber: number): string => String(partNumber).padStart(5, '0');

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Multipart uploads as files. A part is a file `uploads/<key, encoded>.<upload>/<number>`: its bytes, followed by its ETag. An upload
 * is completed without copying: its parts get second names in a folder of their own, which is checked and then renamed to
 * `objects/<key>.parts/`. Whatever is killed on the way leaves either the upload or the object, whole.
 * `minPartBytes` is there for tests, which cannot send 10,000 parts of 5 MiB.
 */
export function fileMultipart(
  folders: FileStoreFolders,
  { lasting, room, minPartBytes = LIMITS.minPartBytes }: FileMultipartOptions,
): MultipartVerbs {
  const { incoming, uploads, pathOf } = folders;
  const isOurs = ({ storeUploadId }: UploadName): boolean => UPLOAD_ID.test(storeUploadId);
  const folderOf = (upload: UploadName): string => {
    if (!isOurs(upload)) throw notFound();
    return join(uploads, `${encodeURIComponent(upload.key)}.${upload.storeUploadId}`);
  };

  return {
    async createMultipartUpload(key) {
      const storeUploadId = `${Date.now()}-${randomUUID()}`;
      pathOf(key);
      await room.use(0, async () => undefined);
      await mkdir(folderOf({ key, storeUploadId }));
      await lasting.syncFolders(uploads);
      return storeUploadId;
    },

    async uploadPart(upload, { partNumber, contentLength }, body) {
      const folder = folderOf(upload);
      const partial = join(incoming, randomUUID());
      try {
        const tagged = new TaggedBody();
        await room.use(contentLength, (signal) => {
          const file = createWriteStream(partial, { flags: 'wx', highWaterMark: WRITE_BUFFER, flush: lasting.flush });
          return pipeline(body, tagged, file, { signal });
        });
        if (tagged.bytes !== contentLength) throw new LengthError(contentLength, tagged.bytes);
        await rename(partial, join(folder, fileOf(partNumber))).catch(uploadGone);
        await lasting.syncFolders(folder);
        return tagged.eTag;
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },

    async listParts(upload, { maxParts, partNumberMarker }) {
      const folder = folderOf(upload);
      const names = (await readdir(folder).catch(uploadGone)).filter((name) => PART_FILE.test(name)).sort();
      const behind = names.filter((name) => Number(name) > partNumberMarker);
      const page = behind.slice(0, Math.min(maxParts, LIMITS.partsPerPage));
      const read = await forEach(page, (name) => readPart(join(folder, name), Number(name)));
      const parts = read.filter((part) => part !== undefined);
      // Missing parts may have been removed with the upload itself.
      if (parts.length < page.length) await readdir(folder).catch(uploadGone);
      const isTruncated = behind.length > page.length;
      return { parts, isTruncated, ...(isTruncated && { nextPartNumberMarker: Number(page.at(-1)) }) };
    },

    async completeMultipartUpload(upload, named) {
      const folder = folderOf(upload);
      const target = pathOf(upload.key);
      const gathered = join(incoming, randomUUID());
      checkPartOrder(named);
      try {
        await mkdir(gathered);
        const stored = await gather(named, folder, gathered);
        checkNamedParts(named, stored, minPartBytes);
        await lasting.makeFolder(dirname(target));
        await lasting.syncFolders(gathered);
        await rename(gathered, partsFolder(target)).catch(async (error: unknown) => {
          if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
          // Another request has completed it, or a process that died before it could remove the upload.
          await removeFolder(folder, incoming);
          throw notFound();
        });
        await lasting.syncFolders(dirname(target));
      } catch (error) {
        await rm(gathered, { recursive: true, force: true, ...RETRIES });
        throw error;
      }
      await removeFolder(folder, incoming);
    },

    async abortMultipartUpload(upload) {
      if (isOurs(upload)) await removeFolder(folderOf(upload), incoming);
    },

    presignPart: async () => undefined,

    async *listUploads() {
      for (const name of (await readdir(uploads)).sort()) {
        const at = name.lastIndexOf('.');
        const storeUploadId = name.slice(at + 1);
        const begun = begunAt(name);
        const key = keyOfFolder(name.slice(0, at));
        if (begun && key !== undefined) yield { key, storeUploadId, begun };
      }
    },

    async removeExpiredUploads(begunBefore) {
      const expired = (await readdir(uploads)).filter((name) => (begunAt(name) ?? begunBefore) < begunBefore);
      for (const name of expired) await removeFolder(join(uploads, name), incoming);
      await removeLeftovers(incoming, begunBefore);
      return expired.length;
    },
  };
}

/** Decodes the key from a folder's name; undefined for a name that this store never gives. */
function keyOfFolder(encoded: string): string | undefined {
  try {
    const key = decodeURIComponent(encoded);
    return encodeURIComponent(key) === encoded ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Reads from the name of its folder when an upload began; undefined for other folders. */
function begunAt(name: string): Date | undefined {
  const milliseconds = UPLOAD_ID.exec(name.slice(name.lastIndexOf('.') + 1))?.[1];
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds));
}

/** Removes what killed processes left half written so long ago that nobody can be writing it. */
async function removeLeftovers(incoming: string, before: Date): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtime < before) await rm(path, { recursive: true, force: true, ...RETRIES });
  }
}

/** Passes a part's bytes on, counts them, and appends their ETag. */
class TaggedBody extends Transform {
  readonly #hash = createHash('md5');
  bytes = 0;
  /** Once it has ended. */
  eTag = '';

  constructor() {
    super({ highWaterMark: WRITE_BUFFER });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  override _flush(done: (error: null, chunk: Buffer) => void): void {
    const tag = this.#hash.digest();
    this.eTag = tag.toString('hex');
    done(null, tag);
  }
}

/** Links the named parts into a folder, where nobody replaces them, and returns what they are; missing ones are left out. */
async function gather(named: readonly NamedPart[], from: string, to: string): Promise<StoredPart[]> {
  const found = await forEach(named, async ({ partNumber }) => {
    const path = join(to, fileOf(partNumber));
    try {
      await link(join(from, fileOf(partNumber)), path);
    } catch (error) {
      return undefinedIfMissing(error);
    }
    const part = await readPart(path, partNumber);
    if (!part) return undefined;
    await rename(path, `${path}-${part.size}`);
    return part;
  });
  const parts = found.filter((part) => part !== undefined);
  // Missing parts may have been removed with the upload itself.
  if (parts.length < named.length) await readdir(from).catch(uploadGone);
  return parts;
}

/** Reads a stored part; undefined if there is no file or the ETag at its end was lost, so that the client sends it again. */
async function readPart(path: string, partNumber: number): Promise<StoredPart | undefined> {
  const opened = await openRegularFile(path);
  if (!opened) return undefined;
  const { file, mtime } = opened;
  try {
    const size = opened.size - ETAG_BYTES;
    if (size < 0) return undefined;
    const tag = Buffer.alloc(ETAG_BYTES);
    await readFully(file, tag, size);
    return { partNumber, eTag: tag.toString('hex'), size, lastModified: mtime.toISOString() };
  } finally {
    await file.close();
  }
}

const notFound = (cause?: unknown): ImageServiceError =>
  new ImageServiceError('upload_not_found', 'The object store has no upload of that name.', { cause });

/** The upload's folder is gone: it was completed, aborted or has expired. */
function uploadGone(error: unknown): never {
  throw isMissing(error) ? notFound(error) : error;
}
