import { ERRORS, type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';

/** sharp gives its reasons in sentences only. The first match wins; an error without a match is the fault of the image. */
const REASONS: [RegExp, ErrorCode][] = [
  [/exceeds pixel limit/i, 'too_many_pixels'],
  [/timeout/i, 'processing_timeout'],
  [/too large for the .* format|dimensions? (is|are) too|width or height exceed/i, 'output_too_large'],
];

function translate(error: unknown, fallback: ErrorCode, pixelLimit: ErrorCode): never {
  if (error instanceof ImageServiceError || !(error instanceof Error)) throw error;
  // Errors of Node about a file, unlike those of libvips about its content, are this machine's trouble and worth another try.
  if ('errno' in error || error.name === 'AbortError' || /out of memory|cannot allocate memory/i.test(error.message))
    throw error;
  const found = REASONS.find(([pattern]) => pattern.test(error.message))?.[1] ?? fallback;
  const code = found === 'too_many_pixels' ? pixelLimit : found;
  throw new ImageServiceError(code, readable(code, error), { cause: error });
}

/** Messages of decoders about a file that ends before its pixels do. */
const CUT = /premature end|unexpected end|not enough (image )?data|bad seek|truncated|read error/i;

/** Other messages of decoders, and what the person who uploaded the file reads instead. */
const DAMAGES: readonly [pattern: RegExp, words: string][] = [
  [/parse|header|unsupported image format/i, 'what it says of its parts does not fit them'],
  [/./s, 'its pixels cannot be decoded'],
];

/** The advice that follows the reason. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  processing_timeout: ' Resize the image to fewer pixels first, or ask again: the machine may have been busy.',
};

/** The detail that people read. It ends with the first line of libvips' own reason, without paths of this machine, if that adds anything. */
function readable(code: ErrorCode, { message }: Error): string {
  const line = (message.split('\n')[0] ?? '')
    .replaceAll(/(\/[\w.-]+){2,}/g, 'the file')
    .replace(/(?<![\s.:])[\s.:]+$/, '');
  if (code !== 'image_unreadable') return `${ERRORS[code].title} (${line}).${ADVICE[code] ?? ''}`;
  if (CUT.test(message)) return 'The file ends early: too little of the picture is there. Send it again.';
  const words = DAMAGES.find(([pattern]) => pattern.test(message))?.[1] ?? 'it cannot be decoded';
  return `The file is damaged: ${words} (${line}). Send it again.`;
}

/** For the header of an original. */
export const translateDecodeError = (error: unknown): never => translate(error, 'image_unreadable', 'too_many_pixels');

/** For the passes after it, where only a result can have too many pixels. */
export const translateResultError = (error: unknown): never => translate(error, 'image_unreadable', 'output_too_large');

/** For text that is laid over. */
export const translateTextError = (error: unknown): never =>
  translate(error, 'command_not_applicable', 'output_too_large');

/** Errors whose cause is the image itself. */
const OF_ORIGINALS: readonly ErrorCode[] = ['image_unreadable', 'unsupported_image'];

/** Translates errors of a watermark image: faults of an original are reported as faults of the watermark. */
export function translateWatermarkError(error: unknown): never {
  if (error instanceof ImageServiceError && OF_ORIGINALS.includes(error.code)) {
    throw new ImageServiceError('watermark_unreadable', error.message, { ...error.facts, cause: error });
  }
  return translate(error, 'watermark_unreadable', 'watermark_unreadable');
}
