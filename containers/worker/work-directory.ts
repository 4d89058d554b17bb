import { randomUUID } from 'node:crypto';
import { constants, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';

/** A result of an image process, opened. */
export interface ResultFile {
  body: Readable;
  /** Bytes. */
  contentLength: number;
}

/** Holds originals while they are worked on. They are files, because libvips reads only the parts that it needs and Node's memory stays small. */
export interface WorkDirectory {
  /** Fetches an object of so many bytes into a file; `object_missing` if there is none, `object_damaged` if it has others. */
  fetch(objects: ObjectStore, object: { key: string; contentLength: number }, signal: AbortSignal): Promise<string>;
  /** Makes an empty folder. */
  makeFolder(): Promise<string>;
  /** Bytes of the files in a folder. */
  bytesIn(folder: string): Promise<number>;
  /** Opens the result of an image process; `processing_crashed` if it is no regular file of an allowed size. */
  openResult(path: string): Promise<ResultFile>;
  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): Promise<void>;
}

/** Opens a folder of its own below the given one, and empties it: its files were left by a process that was killed. */
export async function openWorkDirectory(parent: string): Promise<WorkDirectory> {
  const folder = join(parent, 'fetched');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { dev } = await stat(folder);
  return {
    async fetch(objects, { key, contentLength }, signal) {
      const path = join(folder, randomUUID());
      await objects.copyTo(key, path, { contentLength, signal });
      return path;
    },
    async makeFolder() {
      const path = join(folder, randomUUID());
      await mkdir(path);
      return path;
    },
    async bytesIn(path) {
      const names = await readdir(path);
      // A file that is gone meanwhile has no bytes.
      const found = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => ({ size: 0 }))));
      return found.reduce((sum, { size }) => sum + size, 0);
    },
    openResult: (path) => openResult(path, dev),
    remove: (path) => rm(path, { force: true, recursive: true }),
  };
}

/** An image process that was taken over may leave a link to a file that only the worker can read, so links are not opened. */
async function openResult(path: string, dev: number): Promise<ResultFile> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ELOOP') throw error;
    throw noResult(error);
  });
  const found = await file.stat();
  if (found.isFile() && found.nlink === 1 && found.dev === dev && found.size > 0 && found.size <= LIMITS.resultBytes) {
    return { body: file.createReadStream(), contentLength: found.size };
  }
  await file.close();
  throw noResult();
}

const noResult = (cause?: unknown): ImageServiceError =>
  new ImageServiceError('processing_crashed', 'The process that worked on the image left no result where it said.', {
    cause,
  });
