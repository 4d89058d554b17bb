import type { IncomingHttpHeaders } from 'node:http';
import { ImageServiceError } from '../domain/errors.ts';
import { parseHttpDate } from './http-date.ts';

/** What tells one version of a resource from another. */
export interface Validators {
  /** A strong ETag, quotes included. */
  eTag: string;
  lastModified?: Date | undefined;
  /** Whether it may come compressed: each coding is a representation of its own, and so has an ETag of its own. */
  isCompressed?: boolean;
}

/** What is asked under conditions: hapi's request, whose method is in small letters. */
interface Conditional {
  method: string;
  /** The coding that hapi has chosen for the answer. */
  info: { acceptEncoding: string };
  raw: { req: { headers: IncomingHttpHeaders } };
}

/** The headers that a change may be made to depend on. */
const OF_CHANGES = ['if-match', 'if-unmodified-since', 'if-none-match'];

export const isConditional = ({ raw }: Conditional): boolean =>
  OF_CHANGES.some((name) => raw.req.headers[name] !== undefined);

/** Seconds are all that an HTTP date can say. */
const seconds = (date: Date | number): number => Math.floor(Number(date) / 1000);

/** Not of the future, whatever clock it was taken from: clients could not send it back (RFC 9110, 8.8.2.1). */
const told = (lastModified: Date): Date => new Date(Math.min(Number(lastModified), Date.now()));

export const validatorHeaders = ({ eTag, lastModified }: Validators): Record<string, string> => ({
  etag: eTag,
  ...(lastModified && { 'last-modified': told(lastModified).toUTCString() }),
});

/**
 * Takes out of a request the dates that count for nothing (RFC 9110, 13.1.3 and 13.1.4): what is no date, and an If-Modified-Since that is still
 * to come. So nobody acts by them, hapi neither.
 */
export function dropInvalidDates(headers: IncomingHttpHeaders): void {
  const since = parseHttpDate(headers['if-modified-since']);
  if (since === undefined || since > Date.now()) delete headers['if-modified-since'];
  if (parseHttpDate(headers['if-unmodified-since']) === undefined) delete headers['if-unmodified-since'];
}

/**
 * Goes through the preconditions in RFC 9110's order (13.2.2). Answers the ETag of what the client has, where that is still good, and throws
 * `precondition_failed` where it wants another version than there is.
 */
export function evaluatePreconditions({ method, raw, info }: Conditional, validators: Validators): string | undefined {
  const { headers } = raw.req;
  const { eTag, lastModified } = validators;
  const isRead = method === 'get' || method === 'head';
  // Read is what this client would get; changed is the resource, whatever representation of it names the version.
  const codings = isRead ? [info.acceptEncoding] : CODINGS;
  if (isOther(headers, validators, codings)) throw failed(eTag);
  const { 'if-none-match': noneMatch } = headers;
  if (noneMatch === undefined) {
    const since = isRead ? parseHttpDate(headers['if-modified-since']) : undefined;
    return lastModified && since !== undefined && seconds(lastModified) <= seconds(since) ? eTag : undefined;
  }
  const had = matching(noneMatch.replaceAll('W/"', '"'), validators, codings);
  if (had !== undefined && !isRead) throw failed(eTag);
  return had;
}

const failed = (eTag: string): ImageServiceError =>
  new ImageServiceError('precondition_failed', `What is there has the ETag ${eTag}.`);

/** By the strong comparison: a weak ETag matches nothing. */
function isOther(headers: IncomingHttpHeaders, validators: Validators, codings: readonly string[]): boolean {
  const { 'if-match': match, 'if-unmodified-since': unmodifiedSince } = headers;
  if (match !== undefined) return matching(match, validators, codings) === undefined;
  const since = parseHttpDate(unmodifiedSince);
  const { lastModified } = validators;
  return lastModified !== undefined && since !== undefined && seconds(lastModified) > seconds(since);
}

/** An ETag with all that stands before it: a weak one begins with `W/`. */
const E_TAG = /(?:W\/)?"[^"]*"/g;

/** hapi's names for what it compresses by, as it puts them behind an ETag. */
const CODINGS = ['gzip', 'deflate'];

/** The ETag of a list that is one of the version's, plain or in one of these codings. */
function matching(list: string, { eTag, isCompressed }: Validators, codings: readonly string[]): string | undefined {
  if (list.trim() === '*') return eTag;
  const own = [eTag, ...(isCompressed ? codings.map((coding) => `${eTag.slice(0, -1)}-${coding}"`) : [])];
  return list.match(E_TAG)?.find((each) => own.includes(each));
}

/** Whether the version that a range is wanted of is the one that is there; without If-Range any is. */
export function matchesIfRange({ raw }: Conditional, { eTag, lastModified }: Validators): boolean {
  // Node joins repeated ones into one text.
  const ifRange = raw.req.headers['if-range'] as string | undefined;
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return ifRange.trim() === eTag;
  const since = parseHttpDate(ifRange);
  return lastModified !== undefined && since !== undefined && seconds(told(lastModified)) === seconds(since);
}

/**
 * Refuses what only a version could meet, of what tells none: an ETag, and to change it only while it is not there. A date counts for nothing
 * there (RFC 9110, 13.1.4).
 */
export function refusePreconditions({ method, raw }: Conditional): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = raw.req.headers;
  const isRead = method === 'get' || method === 'head';
  const isMet = (match === undefined || match.trim() === '*') && (isRead || noneMatch?.trim() !== '*');
  if (!isMet)
    throw new ImageServiceError('precondition_failed', 'What is there tells no ETag that could be asked for.');
}
