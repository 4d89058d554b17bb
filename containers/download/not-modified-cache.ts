import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, ResponseObject } from '@hapi/hapi';
import { LRUCache } from 'lru-cache';
import type { FastAnswer, FastPath } from '../../shared/http/fast-path.ts';
import { RATE_LIMIT_FIELDS } from '../../shared/http/rate-limit-fields.ts';
import { hasLinkParameters } from '../../shared/http/signed-links.ts';
import type { Image } from '../../shared/storage/table/image-table.ts';
import type { ImageCache } from './image-cache.ts';

/** A cache of 304 answers: the next client that asks for the same URL with the same ETag gets the same answer without hapi. */
export interface NotModifiedCache {
  /** Caches a 304 that any client may get, for as long as the image itself is cached. */
  remember(request: Request, response: ResponseObject, image: Image): void;
  answer: FastPath;
}

interface CachedAnswer extends FastAnswer {
  /** A weak reference, so that this cache does not keep images that the image cache has dropped. */
  image: WeakRef<Image>;
  eTag: string;
}

/** The maximum number of URLs, and of characters of one: with its headers each takes about a kilobyte. */
const MAX_URLS = 10_000;
const MAX_URL_LENGTH = 256;

/** Headers that belong to one response, and are not repeated. */
const PER_RESPONSE = new Set<string>(['x-request-id', 'date', 'connection', 'keep-alive', ...RATE_LIMIT_FIELDS]);

/** Request headers that may change the answer, or that announce a body. */
const UNSUPPORTED_HEADERS = ['if-match', 'if-unmodified-since', 'content-length', 'transfer-encoding'] as const;

export function openNotModifiedCache(imageCache: ImageCache): NotModifiedCache {
  const cached = new LRUCache<string, CachedAnswer>({ max: MAX_URLS });
  return {
    remember(request, { statusCode, headers }, image) {
      const key = keyOf(String(request.raw.req.url));
      // A link expires, so it must be verified each time.
      if (key.length > MAX_URL_LENGTH || request.app.hasLinkParameters) return;
      if (request.method !== 'get' || statusCode !== 304 || headers.vary || request.app.isPrivate !== false) return;
      const { res } = request.raw;
      const { operation } = request.route.settings.app as { operation: string };
      const eTag = String(headers.etag);
      res.once('finish', () => {
        cached.set(key, {
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
      const answer = method === 'GET' && noneMatch !== undefined ? cached.get(keyOf(url)) : undefined;
      if (
        !answer ||
        hasLinkParameters(url) ||
        answer.eTag !== noneMatch ||
        UNSUPPORTED_HEADERS.some((name) => headers[name] !== undefined)
      )
        return undefined;
      const image = answer.image.deref();
      return image && imageCache.isCurrent(image) ? answer : undefined;
    },
  };
}

/** The URL without query parameters that have no effect, because clients could send any number of those. */
function keyOf(url: string): string {
  const start = url.indexOf('?');
  const path = start < 0 ? url : url.slice(0, start);
  const names = start < 0 ? [] : new URLSearchParams(url.slice(start + 1)).getAll('download');
  return names.length > 0 ? `${path}?${JSON.stringify(names)}` : path;
}

const repeatable = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !PER_RESPONSE.has(name)));
