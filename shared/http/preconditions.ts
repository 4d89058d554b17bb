import type { IncomingHttpHeaders } from 'node:http';
import { ImageServiceError } from '../domain/errors.ts';
import { parseHttpDate } from './http-date.ts';

/** Properties that differ between two versions of a resource. */
export interface Validators {
  /** A strong ETag, quotes included. */
  eTag: string;
  lastModified?: Date | undefined;
  /** Whether hapi may compress it. Each coding is a separate representation with its own ETag. */
  isCompressed?: boolean;
}

/** The parts of hapi's request that are needed here. The method is in lower case. */
interface Conditional {
  method: string;
  /** The coding that hapi has chosen for the response. */
  info: { acceptEncoding: string };
  raw: { req: { headers: IncomingHttpHeaders } };
}

/** The precondition headers of requests that change something. */
const CHANGE_PRECONDITIONS = ['if-match', 'if-unmodified-since', 'if-none-match'];

export const isConditional = ({ raw }: Conditional): boolean =>
  CHANGE_PRECONDITIONS.some((name) => raw.req.headers[name] !== undefined);

/** HTTP dates have no fractions of seconds. */
const seconds = (date: Date | number): number => Math.floor(Number(date) / 1000);

/** Last-Modified is never in the future, even if clocks differ, because clients could not send it back (RFC 9110, 8.8.2.1). */
const notInFuture = (lastModified: Date): Date => new Date(Math.min(Number(lastModified), Date.now()));

export const validatorHeaders = ({ eTag, lastModified }: Validators): Record<string, string> => ({
  etag: eTag,
  ...(lastModified && { 'last-modified': notInFuture(lastModified).toUTCString() }),
});

/**
 * Removes dates that must be ignored from a request (RFC 9110, 13.1.3 and 13.1.4): invalid dates, and an If-Modified-Since in the future. So hapi
 * ignores them too.
 */
export function dropInvalidDates(headers: IncomingHttpHeaders): void {
  const since = parseHttpDate(headers['if-modified-since']);
  if (since === undefined || since > Date.now()) delete headers['if-modified-since'];
  if (parseHttpDate(headers['if-unmodified-since']) === undefined) delete headers['if-unmodified-since'];
}

/**
 * Evaluates the preconditions in the order of RFC 9110, 13.2.2. Returns the ETag for a 304 if the client has the current version. Throws
 * `precondition_failed` if it asks for another version.
 */
export function evaluatePreconditions({ method, raw, info }: Conditional, validators: Validators): string | undefined {
  const { headers } = raw.req;
  const { eTag, lastModified } = validators;
  const isRead = method === 'get' || method === 'head';
  // A read concerns the representation that this client would get. A change concerns the resource, so the ETag of any representation matches.
  const codings = isRead ? [info.acceptEncoding] : CODINGS;
  if (isOtherVersion(headers, validators, codings)) throw failed(eTag);
  const { 'if-none-match': noneMatch } = headers;
  if (noneMatch === undefined) {
    const since = isRead ? parseHttpDate(headers['if-modified-since']) : undefined;
    return lastModified && since !== undefined && seconds(lastModified) <= seconds(since) ? eTag : undefined;
  }
  const had = findMatch(noneMatch.replaceAll('W/"', '"'), validators, codings);
  if (had !== undefined && !isRead) throw failed(eTag);
  return had;
}

const failed = (eTag: string): ImageServiceError =>
  new ImageServiceError('precondition_failed', `The current version has the ETag ${eTag}.`);

/** Whether the client asks for another version, by the strong comparison: a weak ETag matches nothing. */
function isOtherVersion(headers: IncomingHttpHeaders, validators: Validators, codings: readonly string[]): boolean {
  const { 'if-match': match, 'if-unmodified-since': unmodifiedSince } = headers;
  if (match !== undefined) return findMatch(match, validators, codings) === undefined;
  const since = parseHttpDate(unmodifiedSince);
  const { lastModified } = validators;
  return lastModified !== undefined && since !== undefined && seconds(lastModified) > seconds(since);
}

/** An ETag, strong or weak. */
const E_TAG = /(?:W\/)?"[^"]*"/g;

/** hapi's names of content codings, which it appends to ETags. */
const CODINGS = ['gzip', 'deflate'];

/** The first ETag of a list that belongs to the version, uncompressed or in one of these codings. */
function findMatch(list: string, { eTag, isCompressed }: Validators, codings: readonly string[]): string | undefined {
  if (list.trim() === '*') return eTag;
  const own = [eTag, ...(isCompressed ? codings.map((coding) => `${eTag.slice(0, -1)}-${coding}"`) : [])];
  return list.match(E_TAG)?.find((each) => own.includes(each));
}

/** Whether If-Range allows a range: it names the current version, or is absent. */
export function matchesIfRange({ raw }: Conditional, { eTag, lastModified }: Validators): boolean {
  // Node joins repeated headers into one text.
  const ifRange = raw.req.headers['if-range'] as string | undefined;
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return ifRange.trim() === eTag;
  const since = parseHttpDate(ifRange);
  return lastModified !== undefined && since !== undefined && seconds(notInFuture(lastModified)) === seconds(since);
}

/**
 * Refuses preconditions on resources without an ETag: If-Match with an ETag, and a change with `If-None-Match: *`. Dates are ignored for such
 * resources (RFC 9110, 13.1.4).
 */
export function refusePreconditions({ method, raw }: Conditional): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = raw.req.headers;
  const isRead = method === 'get' || method === 'head';
  const isMet = (match === undefined || match.trim() === '*') && (isRead || noneMatch?.trim() !== '*');
  if (!isMet)
    throw new ImageServiceError('precondition_failed', 'This resource has no ETag that a precondition could name.');
}
