import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ImageServiceError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { checkNamedParts, checkPartOrder, type NamedPart, type StoredPart } from '../domain/multipart-upload.ts';
import { endsEarly } from './damaged-object.ts';
import type { DiskRoom } from './disk-room.ts';
import type { Lasting } from './durability.ts';
import type { FileRange } from './file-digest-thread.ts';
import type { FilePiece } from './file-reader.ts';
import { fillFrom } from './filled-buffer.ts';
import { LengthError } from './measured-body.ts';
import type { ByteRange, MultipartVerbs, UploadName } from './object-store.ts';
import { isNothingThere, openRegular, unlessThere } from './regular-file.ts';

interface FileMultipartOptions {
  lasting: Lasting;
  room: DiskRoom;
  minPartBytes?: number | undefined;
}

export interface FileStoreFolders {
  uploads: string;
  incoming: string;
  /** Of the file that an object is, or would be. */
  pathOf(key: string): string;
}

/** Of an MD5, which is what S3 has for the ETag of a part where it encrypts with keys of its own: so the same bytes are the same part, whichever copy came last. */
const ETAG_BYTES = 16;

/** Files that are looked at at once. */
const CONCURRENCY = 16;

const WRITE_BUFFER = 128 * 1024;
const RETRIES = { maxRetries: 10, retryDelay: 10 };

const PART_FILE = /^\d{5}$/;
const PART_OF_OBJECT = /^\d{5}-(\d+)$/;
const UPLOAD_ID = /^(\d{13})-[0-9a-f-]{36}$/;

const fileOf = (partNumber: number): string => String(partNumber).padStart(5, '0');

/** Behind the name of the folder of an object's parts. */
export const PARTS_SUFFIX = '.parts';

export const partsFolder = (path: string): string => path + PARTS_SUFFIX;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Objects in parts, as files. A part is a file `uploads/<key, encoded>.<upload>/<number>`: its bytes and, behind them, its ETag. An upload
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
      await lasting.keepNames(uploads);
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
        await lasting.keepNames(folder);
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
      // What is missing may have gone with the upload itself.
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
        await lasting.keepNames(gathered);
        await rename(gathered, partsFolder(target)).catch(async (error: unknown) => {
          if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
          // Another request has completed it, or a process that died before it could remove the upload.
          await dropFolder(folder, incoming);
          throw notFound();
        });
        await lasting.keepNames(dirname(target));
      } catch (error) {
        await rm(gathered, { recursive: true, force: true, ...RETRIES });
        throw error;
      }
      await dropFolder(folder, incoming);
    },

    async abortMultipartUpload(upload) {
      if (isOurs(upload)) await dropFolder(folderOf(upload), incoming);
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
      for (const name of expired) await dropFolder(join(uploads, name), incoming);
      await removeLeftovers(incoming, begunBefore);
      return expired.length;
    },
  };
}

/** The key that a folder's name says; undefined for a name that this store never gives. */
function keyOfFolder(encoded: string): string | undefined {
  try {
    const key = decodeURIComponent(encoded);
    return encodeURIComponent(key) === encoded ? key : undefined;
  } catch {
    return undefined;
  }
}

/** When an upload began, as its folder is named; undefined for another folder. */
function begunAt(name: string): Date | undefined {
  const milliseconds = UPLOAD_ID.exec(name.slice(name.lastIndexOf('.') + 1))?.[1];
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds));
}

/** Removes a folder, if there is one, so that nobody ever sees less than all of it: it is renamed out of sight first. */
export async function dropFolder(folder: string, incoming: string): Promise<void> {
  const dropped = join(incoming, randomUUID());
  try {
    await rename(folder, dropped);
  } catch (error) {
    unlessThere(error);
    // The same codes say that there is nowhere to put it.
    await access(incoming);
    return;
  }
  await rm(dropped, { recursive: true, force: true, ...RETRIES });
}

/** What processes that were killed have left half written, for so long that nobody can be at it. */
async function removeLeftovers(incoming: string, before: Date): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtime < before) await rm(path, { recursive: true, force: true, ...RETRIES });
  }
}

/** The files of an object that was made of parts, in their order; undefined if there is none. */
export async function findParts(path: string): Promise<FileRange[] | undefined> {
  const folder = partsFolder(path);
  const names = (await readdir(folder).catch(unlessThere)) ?? [];
  const parts = names
    .sort()
    .map((name) => ({ path: join(folder, name), length: Number(PART_OF_OBJECT.exec(name)?.[1]) }));
  return parts.length > 0 ? parts : undefined;
}

/** The pieces in which a range of files that stand one behind the other lies. */
export function rangeOf(parts: FileRange[], { start, end }: ByteRange): FilePiece[] {
  let before = 0;
  return parts.flatMap(({ path, length }) => {
    const [from, to] = [Math.max(start - before, 0), Math.min(end - before, length - 1)];
    before += length;
    return from <= to ? [{ path, start: from, length: to - from + 1 }] : [];
  });
}

/** That each file has what is to be read of it, before the first is: `object_damaged` if one does not. */
export async function checkPieces(pieces: readonly FilePiece[]): Promise<void> {
  await forEach(pieces, async ({ path, start, length }) => {
    const found = await stat(path);
    if (!found.isFile() || found.size < start + length) throw endsEarly(path);
  });
}

/** Passes a part's bytes on, counts them, and puts their ETag behind them. */
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

/** Gives the named parts second names in a folder, where nobody replaces them, and tells what they are; those that are not there are left out. */
async function gather(named: readonly NamedPart[], from: string, to: string): Promise<StoredPart[]> {
  const found = await forEach(named, async ({ partNumber }) => {
    const path = join(to, fileOf(partNumber));
    try {
      await link(join(from, fileOf(partNumber)), path);
    } catch (error) {
      return unlessThere(error);
    }
    const part = await readPart(path, partNumber);
    if (!part) return undefined;
    await rename(path, `${path}-${part.size}`);
    return part;
  });
  const parts = found.filter((part) => part !== undefined);
  // What is missing may have gone with the upload itself.
  if (parts.length < named.length) await readdir(from).catch(uploadGone);
  return parts;
}

/** A part as it is stored; undefined if there is no file, or it has lost what stood behind its bytes, so that it is sent again as one that never came. */
async function readPart(path: string, partNumber: number): Promise<StoredPart | undefined> {
  const opened = await openRegular(path);
  if (!opened) return undefined;
  const { file, mtime } = opened;
  try {
    const size = opened.size - ETAG_BYTES;
    if (size < 0) return undefined;
    const tag = Buffer.alloc(ETAG_BYTES);
    await fillFrom(file, tag, size);
    return { partNumber, eTag: tag.toString('hex'), size, lastModified: mtime.toISOString() };
  } finally {
    await file.close();
  }
}

/** Works on every item, some at a time, and answers in their order. */
async function forEach<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const run = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, run));
  return results;
}

const notFound = (cause?: unknown): ImageServiceError =>
  new ImageServiceError('upload_not_found', 'The object store has no upload of that name.', { cause });

/** The upload's folder is gone: it was completed, aborted or has expired. */
function uploadGone(error: unknown): never {
  throw isNothingThere(error) ? notFound(error) : error;
}
