import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { eTagOfText } from '../../shared/contracts/api/image-version.ts';
import { evaluatePreconditions } from '../../shared/http/preconditions.ts';

/** A text that hapi may compress, and how long it may be cached. */
export interface SentText {
  text: string | Buffer;
  type: string;
  cacheControl: string;
  /** By default it is made of the text. */
  eTag?: string;
}

/** Sends a text with a strong ETag, which differs between content codings, or 304 if the client has it. */
export function sendText(request: Request, h: ResponseToolkit, sent: SentText): ResponseObject {
  const { text, type, cacheControl, eTag = eTagOfText(text) } = sent;
  const had = evaluatePreconditions(request, { eTag, isCompressed: true });
  const response = h.response(text).type(type).header('cache-control', cacheControl);
  if (had !== undefined) return response.code(304).header('etag', had);
  // The header has been compared with the coding that this client gets; hapi would compare it with every coding.
  delete request.headers['if-none-match'];
  return response.etag(eTag.slice(1, -1), { weak: false, vary: true });
}
