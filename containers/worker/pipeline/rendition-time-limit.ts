import type { Sharp } from 'sharp';
import { ImageServiceError } from '../../../shared/domain/errors.ts';

/** All commands of a rendition share one time limit. Returns a function that limits an image to the time that is left; sharp counts whole seconds. */
export function startTimeLimit(allowedSeconds: number): (image: Sharp) => Sharp {
  const end = performance.now() + allowedSeconds * 1000;
  return (image) => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    if (seconds > 0) return image.timeout({ seconds });
    const detail = `All commands together may take ${allowedSeconds} s.`;
    throw new ImageServiceError('processing_timeout', detail);
  };
}
