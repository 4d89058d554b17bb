import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, ResponseObject } from '@hapi/hapi';
import { LRUCache } from 'lru-cache';
import type { FastAnswer, FastPath } from '../../shared/http/fast-path.ts';
import { hasLinkParameters } from '../../shared/http/signed-links.ts';
import type { Image } from '../../shared/storage/image-table.ts';
import { visibilityOf } from './cache-policy.ts';
import type { ImageCache } from './image-cache.ts';

/** What clients were told a moment ago who asked whether they have the bytes: the next who asks the same is told the same. */
export interface NotModifiedCache {
  /** Remembers an answer, if it is one that anybody gets, for as long as the image is known. */
  remember(request: Request, response: ResponseObject, image: Image): void;
  answer: FastPath;
}

interface CachedAnswer extends FastAnswer {
  /** Weakly, so that what is remembered does not keep what is known no more. */
  image: WeakRef<Image>;
  eTag: string;
}

/** URLs that are remembered at most, and characters of one: with its headers some kilobyte each. */
const MOST_URLS = 10_000;
const LONGEST_URL = 256;

/** Of one request, and not of the next. */
const PASSING = new Set(['x-request-id', 'date', 'connection', 'keep-alive']);

/** What else a request may ask that is answered otherwise, or that has a body to be read. */
const OTHERS = ['if-match', 'if-unmodified-since', 'content-length', 'transfer-encoding'] as const;

export function openNotModifiedCache(imageCache: ImageCache): NotModifiedCache {
  const noted = new LRUCache<string, CachedAnswer>({ max: MOST_URLS });
  return {
    remember(request, { statusCode, headers }, image) {
      const key = keyOf(String(request.raw.req.url));
      // A link lasts as long as it says, and must be looked at each time.
      if (key.length > LONGEST_URL || request.app.hasLinkParameters) return;
      if (request.method !== 'get' || statusCode !== 304 || headers.vary || visibilityOf(image.record) !== 'public')
        return;
      const { res } = request.raw;
      const { operation } = request.route.settings.app as { operation: string };
      const eTag = String(headers.etag);
      res.once('finish', () => {
        noted.set(key, {
          operation,
          status: 304,
          headers: repeatable(res.getHeaders()),
          image: new WeakRef(image),
          eTag,
        });
      });
    },
    answer({ method, url, headers }) {
      const { 'if-none-match': noneMatch } = headers;
      const answer = method === 'GET' && noneMatch !== undefined ? noted.get(keyOf(url)) : undefined;
      if (
        !answer ||
        hasLinkParameters(url) ||
        answer.eTag !== noneMatch ||
        OTHERS.some((name) => headers[name] !== undefined)
      )
        return undefined;
      const image = answer.image.deref();
      return image && imageCache.isCurrent(image) ? answer : undefined;
    },
  };
}

/** A URL without what its query has that says nothing: with that there would be as many as anybody cares to ask for. */
function keyOf(url: string): string {
  const start = url.indexOf('?');
  const path = start < 0 ? url : url.slice(0, start);
  const asked = start < 0 ? [] : new URLSearchParams(url.slice(start + 1)).getAll('download');
  return asked.length > 0 ? `${path}?${JSON.stringify(asked)}` : path;
}

const repeatable = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !PASSING.has(name)));
