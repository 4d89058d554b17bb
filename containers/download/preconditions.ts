import type { Request } from '@hapi/hapi';
import fresh from 'fresh';
import { ImageServiceError } from '../../shared/domain/errors.ts';

/** What tells one version of a resource from another. */
export interface Validators {
  /** A strong ETag, quotes included. */
  eTag: string;
  lastModified?: Date | undefined;
}

/** Seconds are all that an HTTP date can say. */
const seconds = (date: Date | number): number => Math.floor(Number(date) / 1000);

/** An HTTP date in any of its three forms, which begin with the day's name; NaN, which compares with nothing, for anything else. */
const parseDate = (date: string | undefined): number =>
  date !== undefined && /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(date) ? Date.parse(date) : Number.NaN;

export const validatorHeaders = ({ eTag, lastModified }: Validators): Record<string, string> => ({
  etag: eTag,
  ...(lastModified && { 'last-modified': lastModified.toUTCString() }),
});

/**
 * Goes through the preconditions in RFC 9110's order (13.2.2). Answers whether what the client has is still good, and throws
 * `precondition_failed` where it wants another version than there is.
 */
export function isUnmodified(request: Request, validators: Validators): boolean {
  const { headers } = request.raw.req;
  const { eTag, lastModified } = validators;
  const { 'if-match': ifMatch, 'if-unmodified-since': unmodifiedSince } = headers;
  const isOther =
    ifMatch === undefined
      ? lastModified !== undefined && seconds(lastModified) > seconds(parseDate(unmodifiedSince))
      : !matchesStrongly(ifMatch, eTag);
  if (isOther) throw new ImageServiceError('precondition_failed', `What is there has the ETag ${eTag}.`);
  // Not Cache-Control, by which `fresh` would answer a reload with all the bytes again: that one is for caches on the way.
  const { 'if-none-match': noneMatch, 'if-modified-since': modifiedSince } = headers;
  return fresh({ 'if-none-match': noneMatch, 'if-modified-since': modifiedSince }, validatorHeaders(validators));
}

/** Strong comparison: a weak ETag matches nothing. */
const matchesStrongly = (list: string, eTag: string): boolean =>
  list.trim() === '*' || list.split(',').some((each) => each.trim() === eTag);

/** Whether the version that a range is wanted of is the one that is there; without If-Range any is. */
export function isWantedVersion(request: Request, { eTag, lastModified }: Validators): boolean {
  // Node joins repeated ones into one text.
  const ifRange = request.raw.req.headers['if-range'] as string | undefined;
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return ifRange.trim() === eTag;
  return lastModified !== undefined && seconds(lastModified) === seconds(parseDate(ifRange));
}
