import type { IncomingMessage } from 'node:http';
import { MIMEType, promisify } from 'node:util';
import { gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { parse as parseSafely } from '@hapi/bourne';
import { JSON_MEDIA_TYPE } from '../contracts/api/json-types.ts';
import { ImageServiceError, INCOMPLETE_BODY } from '../domain/errors.ts';

export interface JsonBodyLimits {
  maxBytes: number;
  /** Milliseconds in which the whole body must arrive. */
  totalMs: number;
  /** The media types that it may have; without one it is taken for JSON. */
  mediaTypes?: readonly string[] | undefined;
}

/** The two codings of hapi; `x-gzip` is the same as `gzip` by RFC 9110, 8.4.1.3. */
const DECODERS: Record<string, (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
};

/**
 * Reads a JSON body within limits of bytes and time. Rejects with `unsupported_content_type`, `payload_too_large` (encoded or decoded),
 * `request_timeout`, `incomplete_body` or `malformed_json`, and leaves the rest of the body unread. An empty body is null. hapi's own reader is not
 * used, because it does not answer before a body that it refuses has ended.
 */
export async function readJson(request: IncomingMessage, limits: JsonBodyLimits): Promise<unknown> {
  checkType(request.headers['content-type'], limits.mediaTypes ?? [JSON_MEDIA_TYPE]);
  const decode = decoderOf(request.headers['content-encoding']);
  const { maxBytes } = limits;
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await collect(request, limits);
  if (bytes.length === 0) return null;
  return parse(decode ? await decoded(bytes, decode, maxBytes) : bytes);
}

function checkType(contentType: string | undefined, mediaTypes: readonly string[]): void {
  if (contentType === undefined) return;
  const [accept, isPatch] = [mediaTypes.join(', '), mediaTypes.length > 1];
  // The types of a PATCH have a header of their own (RFC 5789, 2.2).
  const accepts = { accept, ...(isPatch && { 'accept-patch': accept }) };
  const given = JSON.stringify(contentType.slice(0, 200));
  const { essence, charset } = parseType(contentType);
  if (essence === undefined || !mediaTypes.includes(essence)) {
    const detail = `Content-Type ${given} is not taken here. Send Content-Type: ${mediaTypes.join(' or ')}.`;
    throw new ImageServiceError('unsupported_content_type', detail, { accepts });
  }
  if (charset === null || charset.toLowerCase() === 'utf-8') return;
  const detail = `Content-Type ${given} names another charset than that of JSON (RFC 8259, 8.1). Send UTF-8.`;
  throw new ImageServiceError('unsupported_content_type', detail, { accepts });
}

function parseType(contentType: string): { essence?: string; charset: string | null } {
  try {
    const { essence, params } = new MIMEType(contentType);
    return { essence, charset: params.get('charset') };
  } catch {
    return { charset: null };
  }
}

function decoderOf(encoding = 'identity') {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return undefined;
  if (Object.hasOwn(DECODERS, name)) return DECODERS[name];
  throw new ImageServiceError(
    'unsupported_content_type',
    `Content-Encoding ${JSON.stringify(encoding.slice(0, 200))} is not taken. Send gzip, deflate or none.`,
    { accepts: { 'accept-encoding': Object.keys(DECODERS).join(', ') } },
  );
}

const tooLarge = (limit: number): ImageServiceError =>
  new ImageServiceError('payload_too_large', `A JSON body may have ${limit} bytes here.`, { limit, unit: 'bytes' });

function collect(request: IncomingMessage, { maxBytes, totalMs }: JsonBodyLimits): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  const refuse = (error: ImageServiceError) => {
    request.off('data', take).pause();
    reject(error);
  };
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) refuse(tooLarge(maxBytes));
  };
  const cut = () => refuse(new ImageServiceError(...INCOMPLETE_BODY));
  const late = () =>
    refuse(
      new ImageServiceError('request_timeout', `A JSON body has ${totalMs / 1000} seconds to arrive. Send it again.`),
    );
  const timer = setTimeout(late, totalMs);
  request.on('data', take).once('end', () => resolve(Buffer.concat(chunks)));
  request.once('error', cut).once('close', cut);
  if (request.destroyed) cut();
  return promise.finally(() => {
    clearTimeout(timer);
    request.off('error', cut).off('close', cut);
  });
}

async function decoded(bytes: Buffer, decode: (typeof DECODERS)[string], maxBytes: number): Promise<Buffer> {
  try {
    return await decode(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw malformed('not in the Content-Encoding that it names');
  }
}

function parse(bytes: Buffer): unknown {
  const text = decodeText(bytes);
  try {
    return parseSafely(text, { protoAction: 'error' });
  } catch (error) {
    const { message } = error as Error;
    if (message === FORBIDDEN) throw malformed('refused because of its key `__proto__`');
    throw malformed(`not valid JSON: ${message}. Check quotes, commas and braces`);
  }
}

/** The message of Bourne's error. */
const FORBIDDEN = 'Object contains forbidden prototype property';

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('not valid UTF-8');
  }
}

const malformed = (what: string): ImageServiceError => new ImageServiceError('malformed_json', `The body is ${what}.`);
