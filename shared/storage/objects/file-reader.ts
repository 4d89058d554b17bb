import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileEndsEarly } from './damaged-object.ts';
import type { FileRange } from './file-digest-thread.ts';
import { READ_FLAGS } from './regular-file.ts';

/** A piece of a file: `length` bytes from `start`. */
export interface FilePiece extends FileRange {
  start: number;
}

interface FileReaderOptions {
  /** Bytes read at once. */
  highWaterMark: number;
  /** The first file, if it is open already; it is closed with the others. */
  opened?: FileHandle;
}

/**
 * Reads pieces of files one after the other. Their length has already been promised to the client, so a file that ends too early is
 * `object_damaged`, whereas Node's own stream would just end.
 */
export class FileReader extends Readable {
  readonly #pieces: FilePiece[];
  #file: FileHandle | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(pieces: readonly FilePiece[], { highWaterMark, opened }: FileReaderOptions) {
    super({ highWaterMark });
    this.#pieces = pieces.filter(({ length }) => length > 0).map((piece) => ({ ...piece }));
    this.#file = opened;
  }

  override _read(size: number): void {
    this.#reading = this.#next(size).then(
      (chunk) => void this.push(chunk),
      (error) => void this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // A read that is under way may be about to open the next file.
    this.#reading.then(() => this.#file?.close()).then(() => done(error), done);
  }

  async #next(size: number): Promise<Buffer | null> {
    const [piece] = this.#pieces;
    if (!piece) return null;
    this.#file ??= await open(piece.path, READ_FLAGS);
    const bytes = Math.min(size, piece.length);
    const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafeSlow(bytes), 0, bytes, piece.start);
    if (bytesRead === 0) throw fileEndsEarly(piece.path);
    piece.start += bytesRead;
    piece.length -= bytesRead;
    if (piece.length === 0) {
      this.#pieces.shift();
      await this.#file.close();
      this.#file = undefined;
    }
    return buffer.subarray(0, bytesRead);
  }
}
