import { Transform, type TransformCallback } from 'node:stream';
import { ImageServiceError } from '../domain/errors.ts';
import type { ExpectedDigest } from './expected-digests.ts';

/** Counts the bytes of a body and ends it with `payload_too_large` at the first one too many. */
export class LimitedBody extends Transform {
  #limit: number;
  #refusal: (actual: number) => ImageServiceError;
  #actual = 0;

  /** `refusal` makes the error for the number of bytes that have come, if the limit is not that of the image itself or the advice is another. */
  constructor(limit: number, refusal = (actual: number) => payloadTooLarge(limit, actual, { isCounting: true })) {
    super();
    this.#limit = limit;
    this.#refusal = refusal;
  }

  /** Sets a lower limit, once the kind of image is known; throws the refusal if too many bytes have come already. A limit that is lower already stays. */
  lower(limit: number, refusal: (actual: number) => ImageServiceError): void {
    if (limit >= this.#limit) return;
    if (this.#actual > limit) throw refusal(this.#actual);
    this.#limit = limit;
    this.#refusal = refusal;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#actual += chunk.length;
    if (this.#actual > this.#limit) done(this.#refusal(this.#actual));
    else done(null, chunk);
  }
}

/** The error for a body that is too long by its Content-Length or by the bytes counted so far; `advice` says what to send instead. */
export const payloadTooLarge = (
  limit: number,
  actual: number,
  { isCounting = false, advice = 'Send larger images in parts: POST /v1/uploads.' } = {},
): ImageServiceError =>
  new ImageServiceError(
    'payload_too_large',
    `The limit is ${limit} bytes, ${isCounting ? `and at least ${actual} came` : `the body has ${actual}`}. ${advice}`,
    { limit, actual, unit: 'bytes' },
  );

/** Passes a body on. The last chunk is held back until a check resolves, so that a reader never has the whole body if it rejects. */
export class HeldBody extends Transform {
  readonly #check: () => Promise<void>;
  #held: Buffer | undefined;

  constructor(check: () => Promise<void>) {
    super();
    this.#check = check;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const ready = this.#held;
    this.#held = chunk;
    done(null, ready);
  }

  override _flush(done: TransformCallback): void {
    this.#check().then(() => done(null, this.#held), done);
  }
}

/** Compares a body with its expected digests before it passes its last chunk on. */
export class VerifiedBody extends HeldBody {
  readonly #expected: ExpectedDigest[];

  constructor(digests: ExpectedDigest[]) {
    super(async () => refuseMismatch(digests));
    this.#expected = digests;
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    for (const { hash } of this.#expected) hash.update(chunk);
    super._transform(chunk, encoding, done);
  }
}

function refuseMismatch(digests: readonly ExpectedDigest[]): void {
  const wrong = digests
    .map(({ header, hash, base64 }) => ({ header, base64, actual: hash.digest() }))
    .find(({ base64, actual }) => actual !== base64);
  if (wrong) throw mismatch(wrong);
}

const mismatch = ({ header, base64, actual }: { header: string; base64: string; actual: string }): ImageServiceError =>
  new ImageServiceError(
    'digest_mismatch',
    `${header} promised ${base64}, the bytes received have ${actual}. Send them again.`,
  );

/** Refuses a Content-Encoding, because bytes are stored as they come and encoded ones are no image. */
export function refuseContentEncoding(encoding: string | undefined): void {
  if (!encoding || encoding.toLowerCase() === 'identity') return;
  throw new ImageServiceError(
    'unsupported_content_type',
    `Content-Encoding ${JSON.stringify(encoding)} is not taken. Send the bytes of the image as they are.`,
    { accepts: { 'accept-encoding': 'identity' } },
  );
}
