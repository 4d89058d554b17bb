import { expect } from 'chai';
import { type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { render } from './rendition-run.ts';

/** What becomes of an image that is cut or changed: a picture, with warnings or not, or an error with its detail. */
export interface End {
  code?: ErrorCode;
  detail?: string;
  warnings?: Warning[];
  data?: Buffer;
}

export const endOf = (image: Buffer): Promise<End> =>
  render(image).catch((error: unknown): End => {
    expect(error).instanceOf(ImageServiceError);
    return { code: (error as ImageServiceError).code, detail: (error as Error).message };
  });
