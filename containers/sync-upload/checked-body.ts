import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { parseDictionary } from 'structured-headers';
import { ImageServiceError } from '../../shared/domain/errors.ts';

/** A digest that a header promises. */
export interface PromisedDigest {
  header: string;
  algorithm: 'sha256' | 'sha512' | 'md5';
  base64: string;
}

/** Algorithms of Content-Digest that we compute (https://www.iana.org/assignments/http-digest-hash-alg); it may name others too. */
const CONTENT_DIGEST_ALGORITHMS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;

/** Every digest the headers promise for the body as sent. */
export function promisedDigests(headers: IncomingMessage['headers']): PromisedDigest[] {
  const md5 = headers['content-md5'];
  const sha256 = headers['x-amz-checksum-sha256'];
  const contentDigest = headers['content-digest'];
  return [
    ...(typeof md5 === 'string' ? [{ header: 'Content-MD5', algorithm: 'md5', base64: md5 } as const] : []),
    ...(typeof sha256 === 'string'
      ? [{ header: 'x-amz-checksum-sha256', algorithm: 'sha256', base64: sha256 } as const]
      : []),
    ...(typeof contentDigest === 'string' ? parseContentDigest(contentDigest) : []),
  ];
}

function parseContentDigest(header: string): PromisedDigest[] {
  const refused = (message: string, cause?: unknown) =>
    new ImageServiceError('invalid_request', `Content-Digest: ${message}.`, {
      errors: [{ path: 'headers.content-digest', message }],
      cause,
    });
  let members: ReturnType<typeof parseDictionary>;
  try {
    members = parseDictionary(header);
  } catch (error) {
    throw refused('must be an RFC 9530 dictionary such as sha-256=:BASE64:', error);
  }
  const digests = Object.entries(CONTENT_DIGEST_ALGORITHMS).flatMap(([name, algorithm]) => {
    const value = members.get(name)?.[0];
    if (value === undefined) return [];
    if (!(value instanceof ArrayBuffer)) throw refused(`${name} must be a byte sequence between colons`);
    return [{ header: 'Content-Digest', algorithm, base64: Buffer.from(value).toString('base64') }];
  });
  if (digests.length === 0) throw refused(`must name one of ${Object.keys(CONTENT_DIGEST_ALGORITHMS).join(', ')}`);
  return digests;
}

/** Counts the bytes of a body and ends it with `payload_too_large` at the first one too many. */
export class LimitedBody extends Transform {
  readonly #limit: number;
  readonly #told: number;
  #actual = 0;

  /** `told` is the limit to name, where what is counted is more than what it is about. */
  constructor(limit: number, told = limit) {
    super();
    this.#limit = limit;
    this.#told = told;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#actual += chunk.length;
    if (this.#actual > this.#limit) done(tooLarge(this.#told, this.#actual, true));
    else done(null, chunk);
  }
}

export const tooLarge = (limit: number, actual: number, counting = false): ImageServiceError =>
  new ImageServiceError(
    'payload_too_large',
    `The limit is ${limit} bytes, ${counting ? `and at least ${actual} came` : `the body has ${actual}`}. Send larger images in parts.`,
    { limit, actual, unit: 'bytes' },
  );

/**
 * Compares a body with the digests promised for it. The last chunk is held back until they match, so that whoever reads the body
 * never has all of it when they do not.
 */
export class VerifiedBody extends Transform {
  readonly #expected: (PromisedDigest & { hash: Hash })[];
  #held: Buffer | undefined;

  constructor(digests: PromisedDigest[]) {
    super();
    this.#expected = digests.map((digest) => ({ ...digest, hash: createHash(digest.algorithm) }));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const { hash } of this.#expected) hash.update(chunk);
    const ready = this.#held;
    this.#held = chunk;
    done(null, ready);
  }

  override _flush(done: TransformCallback): void {
    const wrong = this.#expected
      .map(({ header, hash, base64 }) => ({ header, base64, actual: hash.digest('base64') }))
      .find(({ base64, actual }) => actual !== base64);
    if (wrong) done(mismatch(wrong));
    else done(null, this.#held);
  }
}

const mismatch = ({ header, base64, actual }: { header: string; base64: string; actual: string }): ImageServiceError =>
  new ImageServiceError(
    'digest_mismatch',
    `${header} promised ${base64}, the bytes received have ${actual}. Send them again.`,
  );

/**
 * Reads a request's body into `first`, which may refuse it: what then still arrives is let go by, so that the client can finish
 * sending and read the answer. A connection that ends early ends the body with `incomplete_body`.
 */
export function readInto<Body extends Transform>(request: IncomingMessage, first: Body): Body {
  const cut = () =>
    first.destroy(
      new ImageServiceError('incomplete_body', 'The connection ended before the body was complete. Send it again.'),
    );
  request.once('error', cut);
  request.once('close', () => {
    if (!request.complete) cut();
  });
  first.once('close', () => {
    request.unpipe(first);
    request.resume();
  });
  return request.pipe(first);
}
