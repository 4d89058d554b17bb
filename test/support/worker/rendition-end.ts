import { expect } from 'chai';
import { type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { render } from './rendition-run.ts';

/** The outcome of a truncated or changed image: a picture, with warnings or without, or an error with its detail. */
export interface End {
  code?: ErrorCode;
  detail?: string;
  warnings?: Warning[];
  data?: Buffer;
}

export const endOf = (image: Buffer): Promise<End> =>
  render(image).catch((error: unknown): End => {
    expect(error).to.be.instanceOf(ImageServiceError);
    return { code: (error as ImageServiceError).code, detail: (error as Error).message };
  });
