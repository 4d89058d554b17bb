import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { eTagOfText } from '../../shared/contracts/api/image-version.ts';
import { evaluatePreconditions } from '../../shared/http/preconditions.ts';

/** For what changes with the service only. */
export const CACHE_ONE_HOUR = 'public, max-age=3600';

/** A text that may come compressed, and how long it may be kept. */
export interface SentText {
  text: string | Buffer;
  type: string;
  cacheControl: string;
  /** Of what it says, unless it is given. */
  eTag?: string;
}

/** Answers a text with a strong ETag of what it says and how it comes, or that the client has it. */
export function sendText(request: Request, h: ResponseToolkit, sent: SentText): ResponseObject {
  const { text, type, cacheControl, eTag = eTagOfText(text) } = sent;
  const had = evaluatePreconditions(request, { eTag, isCompressed: true });
  const response = h.response(text).type(type).header('cache-control', cacheControl);
  if (had !== undefined) return response.code(304).header('etag', had);
  // It has been compared with what this client gets; hapi would compare it with every coding that there is.
  delete request.headers['if-none-match'];
  return response.etag(eTag.slice(1, -1), { weak: false, vary: true });
}
