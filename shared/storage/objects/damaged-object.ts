import type { Readable } from 'node:stream';
import { ImageServiceError } from '../../domain/errors.ts';
import type { ByteRange } from './object-store.ts';

const damaged = (detail: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('object_damaged', `${detail} It has to come back from a backup or an older version.`, {
    cause,
  });

/** Throws `object_damaged` if record and object disagree, which is not the fault of a client and which no retry changes. */
export function checkObjectLength(key: string, { found, recorded }: { found: number; recorded: number }): void {
  if (found !== recorded) throw damaged(`The object ${key} has ${found} bytes, and its record tells of ${recorded}.`);
}

/** Returns an opened object if it has the recorded length; otherwise closes it and throws `object_damaged`. */
export function checkOpenedLength<Opened extends { body: Readable; objectLength: number }>(
  key: string,
  opened: Opened,
  recorded: number,
): Opened {
  try {
    checkObjectLength(key, { found: opened.objectLength, recorded });
    return opened;
  } catch (error) {
    opened.body.destroy();
    throw error;
  }
}

/** The error for a range, which is computed from the record, that reaches outside the object. */
export const rangeOutsideObject = (key: string, { start, end }: ByteRange, cause?: unknown): ImageServiceError =>
  damaged(`The object ${key} does not reach from byte ${start} to byte ${end}, and its record says so.`, cause);

/** The error for a file that became shorter while it was read. */
export const fileEndsEarly = (path: string): ImageServiceError => damaged(`The file ${path} ends early.`);
