import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { LimitsView } from '../../shared/contracts/api/limits-view.ts';
import { sanitizeFileName } from '../../shared/domain/file-name.ts';
import { IMAGE_FORMATS, sniffFormat } from '../../shared/domain/formats/image-format.ts';
import { HEADER_BYTES } from '../../shared/domain/limits.ts';
import { readFully } from '../../shared/storage/objects/read-fully.ts';

/** Why a file cannot be uploaded. The message follows the file's name: `is empty`. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';
}

/** A file that the service will accept, as far as the client can tell beforehand. */
export interface PhotoFile extends AsyncDisposable {
  /** The name as the service stores it; undefined where nothing of it would be left. */
  fileName: string | undefined;
  size: number;
  contentType: string;
  /** Fills the buffer with the bytes from `start` on. */
  read(buffer: Buffer, start: number): Promise<void>;
  /** The whole file, a piece at a time. */
  pieces(): AsyncGenerator<Buffer>;
}

const PIECE_BYTES = 1024 * 1024;

const UNREADABLE: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read',
  EISDIR: 'is a folder',
};

/** Opens a file and checks its size and its first bytes. */
export async function openPhoto(path: string, limits: LimitsView): Promise<PhotoFile> {
  const size = await sizeOf(path, limits.limits.asyncUploadBytes);
  const file = await open(path).catch(explain);
  try {
    const head = Buffer.alloc(Math.min(HEADER_BYTES, size));
    await fill(file, head, 0);
    const format = sniffFormat(head);
    const contentType = format && IMAGE_FORMATS[format].mediaType;
    if (!contentType || !limits.acceptedMediaTypes.includes(contentType)) {
      throw new UnfitFile(`is no image of an accepted format (${limits.acceptedMediaTypes.join(', ')})`);
    }
    if (format === 'svg') checkSize(size, limits.limits.svgBytes, 'of an SVG ');
    return {
      fileName: sanitizeFileName(basename(path)),
      size,
      contentType,
      read: (buffer, start) => fill(file, buffer, start),
      async *pieces() {
        for (let start = 0; start < size; start += PIECE_BYTES) {
          const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - start));
          await fill(file, piece, start);
          yield piece;
        }
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads the whole file and returns its SHA-256 in Base64. */
export async function checksumOf(photo: PhotoFile, onRead: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of photo.pieces()) {
    hash.update(piece);
    onRead(piece.length);
  }
  return hash.digest('base64');
}

async function sizeOf(path: string, limit: number): Promise<number> {
  const found = await stat(path).catch(explain);
  if (found.isDirectory()) throw new UnfitFile('is a folder');
  if (!found.isFile()) throw new UnfitFile('is no file');
  if (found.size === 0) throw new UnfitFile('is empty');
  checkSize(found.size, limit);
  return found.size;
}

function checkSize(size: number, limit: number, whose = ''): void {
  if (size > limit) throw new UnfitFile(`has ${size} bytes, and the service takes ${limit} ${whose}at most`);
}

async function fill(file: FileHandle, buffer: Buffer, start: number): Promise<void> {
  if ((await readFully(file, buffer, start)) < buffer.length)
    throw new UnfitFile('has become shorter while it was read');
}

function explain(error: NodeJS.ErrnoException): never {
  throw new UnfitFile(UNREADABLE[error.code ?? ''] ?? `cannot be read (${error.code ?? error.message})`);
}
