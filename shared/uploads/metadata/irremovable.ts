import { ImageServiceError } from '../../domain/errors.ts';

/** The error for a file that cannot be gone through to its end; `why` is a clause. Nobody could say what would be left in it. */
export const irremovable = (why: string): ImageServiceError =>
  new ImageServiceError(
    'image_unreadable',
    `Its personal metadata cannot be removed with certainty, because ${why}. Save it again with an image editor and send that.`,
  );

export const endsEarly = (): ImageServiceError => irremovable('the file ends before its data do');
