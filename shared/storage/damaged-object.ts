import type { Readable } from 'node:stream';
import { ImageServiceError } from '../domain/errors.ts';
import type { ByteRange } from './object-store.ts';

const damaged = (detail: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('object_damaged', `${detail} It has to come back from a backup or an older version.`, {
    cause,
  });

/** Record and object have come apart, which is no fault of a user and passes by no repetition: `object_damaged`. */
export function checkObjectLength(key: string, { found, recorded }: { found: number; recorded: number }): void {
  if (found !== recorded) throw damaged(`The object ${key} has ${found} bytes, and its record tells of ${recorded}.`);
}

/** An object that was opened, if it is as long as its record tells; else it is closed, and `object_damaged`. */
export function checkOpened<Opened extends { body: Readable; objectLength: number }>(
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

/** For a range, which is made from the record, that reaches outside the object. */
export const outside = (key: string, { start, end }: ByteRange, cause?: unknown): ImageServiceError =>
  damaged(`The object ${key} does not reach from byte ${start} to byte ${end}, and its record says so.`, cause);

/** For an object that has become shorter while it was read. */
export const endsEarly = (path: string): ImageServiceError => damaged(`The file ${path} ends early.`);
