import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, type FileHandle, link, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode, ImageServiceError } from '../../domain/errors.ts';
import { checkObjectLength, rangeOutsideObject } from './damaged-object.ts';
import { openDiskSpace, storageFull } from './disk-space.ts';
import { type Durability, type DurableWrites, durableWrites } from './durability.ts';
import { digestFiles } from './file-digest.ts';
import type { FileRange } from './file-digest-thread.ts';
import { listFiles } from './file-listing.ts';
import { fileMultipart } from './file-multipart-uploads.ts';
import { type FilePiece, FileReader } from './file-reader.ts';
import { checkBodyLength, measureBody, saveBody, waitForFirstByte } from './object-bodies.ts';
import { checkPieces, findParts, partsFolder, piecesOfRange, RETRIES, removeFolder } from './object-parts-on-disk.ts';
import type { ByteRange, ObjectStore } from './object-store.ts';
import { isMissing, openRegularFile, undefinedIfMissing } from './regular-file.ts';

/** Bytes that are buffered before a body must wait for the disk. They are written together, which saves trips to Node's thread pool. */
const WRITE_BUFFER = 256 * 1024;

/** Bytes that are read at once. Larger chunks cost memory with many slow readers, smaller ones trips to the thread pool. */
const READ_CHUNK = 128 * 1024;

const UNAVAILABLE = new Set([
  ...['ENOENT', 'ENOTDIR', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE'],
  // These occur on a network mount.
  ...['ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'EHOSTUNREACH', 'ETIMEDOUT'],
]);

/** The folders of a store: what is being written, objects, and uploads in parts. */
export const storeFolders = (root: string) =>
  [join(root, 'incoming'), join(root, 'objects'), join(root, 'uploads')] as const;

interface FileObjectStoreOptions {
  /** What an answer promises for stored bytes. */
  durability?: Durability;
  /** Bytes of the disk that are reserved for deleting and finishing; none by default. */
  reserveBytes?: number;
  minPartBytes?: number;
}

/**
 * Objects as files below one folder: `objects/<key>`, `uploads/` for those that come in parts, and `incoming/` for what is still being written. A write becomes
 * visible by a rename, so that a killed process leaves no half object; what it leaves in `incoming/` goes at the next start. File, name and
 * folder are on the disk before the answer, in this order, unless `durability` leaves that to the system.
 * A store whose folder `objects/` is gone, such as one on a mount that dropped, is unavailable and has lost nothing: the folder is checked when something is not found.
 * Content types are not kept: the records hold them.
 */
export async function openFileObjectStore(
  root: string,
  { durability = 'fsync', reserveBytes = 0, ...options }: FileObjectStoreOptions = {},
): Promise<ObjectStore> {
  const { makeFolder, ...kept } = durableWrites(durability);
  const room = openDiskSpace(root, reserveBytes);
  const [incoming, objects, uploads] = storeFolders(root);
  await Promise.all([incoming, objects, uploads].map((folder) => makeFolder(folder)));
  // The slash makes this fail for a file of that name.
  const stands = () => access(`${objects}/`);
  const lasting: DurableWrites = {
    ...kept,
    async makeFolder(path) {
      // A mount that is away must not find an empty folder in its place when it comes back.
      await stands();
      await makeFolder(path);
    },
  };
  const read = <Result>(look: () => Promise<Result>) =>
    guard(async () => {
      try {
        return await look();
      } catch (error) {
        if (!hasCode(error, 'object_missing')) throw error;
        await stands();
        // The store may have been away during the first attempt.
        return await look();
      }
    });
  const write = <Result>(work: () => Promise<Result>) =>
    guard(async () => {
      try {
        return await work();
      } catch (error) {
        // Somebody may have removed incoming/; the next write finds it again.
        if (isMissing(error) || hasCode(error, 'upload_not_found')) await lasting.makeFolder(incoming);
        throw error;
      }
    });
  const pathOf = (key: string) => join(objects, checkKey(key));

  const { listUploads, ...multipart } = fileMultipart({ incoming, uploads, pathOf }, { lasting, room, ...options });

  const store: ObjectStore = {
    ...each(multipart, write),
    listUploads,

    put: (key, body, options) =>
      write(async () => {
        const path = pathOf(key);
        const partial = join(incoming, randomUUID());
        const save = async (signal?: AbortSignal) => {
          const measured = measureBody(body);
          const file = createWriteStream(partial, { flags: 'wx', highWaterMark: WRITE_BUFFER, flush: lasting.flush });
          await pipeline(body, file, { signal });
          return checkBodyLength(measured(), options);
        };
        try {
          const stored = await (options.isFinishing ? save() : room.use(options.contentLength, save));
          await moveInto(partial, path, lasting);
          await removeFolder(partsFolder(path), incoming);
          return stored;
        } catch (error) {
          await rm(partial, { force: true });
          throw error;
        }
      }),

    get: (key, range) =>
      read(async () => {
        const path = pathOf(key);
        const opened = await openRegularFile(path);
        if (!opened) {
          const parts = await findParts(path);
          if (parts) return await readFiles({ key, range, parts });
          throw missing(key);
        }
        const { file, size: length } = opened;
        try {
          return await readFiles({ key, range, parts: [{ path, length }], opened: file });
        } catch (error) {
          await file.close();
          throw error;
        }
      }),

    head: (key) =>
      read(async () => {
        const files = await filesOf(pathOf(key));
        if (!files) throw missing(key);
        await checkFiles(key, files);
        return { contentLength: files.reduce((sum, { length }) => sum + length, 0) };
      }),

    copyTo: (key, path, options) =>
      read(async () => {
        const recorded = options.contentLength;
        checkObjectLength(key, { found: (await store.head(key)).contentLength, recorded });
        try {
          // A hard link to the bytes, and not to a symbolic link, costs nothing; objects on another disk and in parts are copied.
          await link(await realpath(pathOf(key)), path);
        } catch (error) {
          if (!['ENOENT', 'EXDEV', 'EPERM', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? ''))
            throw error;
          await saveBody((await store.get(key)).body, { key, path, ...options });
        }
      }),

    digest: (key) =>
      read(async () => {
        const files = await filesOf(pathOf(key));
        if (!files) throw missing(key);
        await checkFiles(key, files);
        return digestFiles(files);
      }),

    delete: (key) =>
      write(async () => {
        const path = pathOf(key);
        // The parts are removed first: the file hides them, and its removal must not uncover them.
        await removeFolder(partsFolder(path), incoming);
        await rm(path, { force: true }).catch(undefinedIfMissing);
        await dropIfEmpty(dirname(path), objects);
        await lasting.syncFolders(dirname(path));
      }),

    list: (prefix, after = '', unreadable) =>
      listFiles({ folder: objects, prefix: checkPrefix(prefix), after, unreadable }),

    deletePrefix: (prefix) =>
      write(async () => {
        const folder = pathOf(checkPrefix(prefix));
        await stands();
        let found = 0;
        // What cannot be looked at is no reason to keep the rest.
        for await (const _ of store.list(prefix, '', () => undefined)) found += 1;
        await rm(folder, { recursive: true, force: true, ...RETRIES }).catch(undefinedIfMissing);
        await lasting.syncFolders(dirname(folder));
        await stands();
        return found;
      }),

    check: () => guard(() => access(objects, constants.R_OK | constants.W_OK)),
  };
  return store;
}

/** Opens a range of the files of an object, or all of them; the first may be open already. */
async function readFiles({ key, range, parts, opened }: ReadOptions): Promise<OpenObject> {
  const objectLength = parts.reduce((sum, { length }) => sum + length, 0);
  if (range && range.end >= objectLength) throw rangeOutsideObject(key, range);
  const whole = { start: 0, end: objectLength - 1 };
  const pieces = piecesOfRange(parts, range ?? whole);
  // An open file has already been checked, and another may have its name by now.
  if (!opened) await checkParts(key, pieces);
  const body = new FileReader(pieces, { highWaterMark: READ_CHUNK, ...(opened && { opened }) });
  await waitForFirstByte(body);
  const { start, end } = range ?? whole;
  return { body, contentLength: end - start + 1, objectLength };
}

const checkFiles = (key: string, files: FileRange[]): Promise<void> =>
  checkParts(
    key,
    files.map((file) => ({ ...file, start: 0 })),
  );

/** Checks the pieces. If a part is gone by now, the whole object was deleted. */
async function checkParts(key: string, pieces: readonly FilePiece[]): Promise<void> {
  await checkPieces(pieces).catch((error: unknown) => {
    throw isMissing(error) ? missing(key) : error;
  });
}

interface ReadOptions {
  key: string;
  range?: ByteRange | undefined;
  parts: FileRange[];
  opened?: FileHandle;
}

type OpenObject = Awaited<ReturnType<ObjectStore['get']>>;

/** Finds the files of an object, in their order; undefined if there is none. */
async function filesOf(path: string): Promise<FileRange[] | undefined> {
  const whole = await stat(path).catch(undefinedIfMissing);
  return whole?.isFile() ? [{ path, length: whole.size }] : await findParts(path);
}

const missing = (key: string): ImageServiceError =>
  new ImageServiceError('object_missing', `There is no object ${key}.`);

/** Wraps each of the verbs in `run`. */
const each = <Verbs extends object>(verbs: Verbs, run: (work: () => Promise<unknown>) => Promise<unknown>): Verbs =>
  Object.fromEntries(
    Object.entries(verbs).map(([name, verb]) => [name, (...args: unknown[]) => run(async () => verb(...args))]),
  ) as Verbs;

/** Removes what killed processes left half written. Call it only while nobody writes, as npm start does at its start. */
export const discardIncoming = (root: string): Promise<void> =>
  rm(storeFolders(root)[0], { recursive: true, force: true });

/** Renames into place. If the folder does not exist yet, or another request has just deleted it, the folder is created and the rename repeated. */
async function moveInto(partial: string, path: string, { makeFolder, syncFolders }: DurableWrites): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      if (attempt > 0) await makeFolder(dirname(path));
      await rename(partial, path);
      return await syncFolders(dirname(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

const STAYS = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EBUSY']);

/**
 * Removes the folder of what was deleted, such as that of an image's renditions, once nothing is in it: a worker that was late with one
 * leaves it behind. Folders at the top stay, and so does a link to a folder or what is mounted there. Whoever writes there at that moment makes it anew.
 */
async function dropIfEmpty(folder: string, top: string): Promise<void> {
  if (dirname(folder) === top || folder === top) return;
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!STAYS.has(error.code ?? '')) throw error;
  });
}

/** Keys come from our own code, but a wrong one must not lead out of the folder. */
function checkKey(key: string): string {
  const segments = key.split('/').filter(Boolean);
  const isOurs = /^[\w./-]+$/.test(key) && !key.startsWith('/') && !/\.parts(\/|$)/.test(key);
  if (!isOurs || segments.includes('..') || segments.includes('.')) {
    throw new Error(`${JSON.stringify(key)} is not an object key`);
  }
  return key;
}

function checkPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) throw new Error(`the prefix ${JSON.stringify(prefix)} does not end in /`);
  return prefix;
}

async function guard<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw storageFull(error);
    if (!syscall || !code || !UNAVAILABLE.has(code)) throw error;
    throw new ImageServiceError('service_unavailable', `The object store cannot do this now (${code}).`, {
      cause: error,
    });
  }
}
