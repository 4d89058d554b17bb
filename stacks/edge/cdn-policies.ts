import { CloudfrontCachePolicy } from '@cdktf/provider-aws/lib/cloudfront-cache-policy/index.js';
import { CloudfrontOriginRequestPolicy } from '@cdktf/provider-aws/lib/cloudfront-origin-request-policy/index.js';
import type { Construct } from 'constructs';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import type { Names } from '../../shared/contracts/names.ts';
import { createResponseHeaders } from './cdn-response-headers.ts';
import type { CdnRouteKind } from './cdn-routes.ts';

export interface Policies {
  cachePolicyId: string;
  originRequestPolicyId: string;
  responseHeadersPolicyId: string;
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Query parameters that are part of the cache key of a download: the file name that a browser saves, and those of a signed link, whose
 * answers are private and therefore not cached. Other parameters that a client adds create no further copies.
 */
const DOWNLOAD_QUERY = Object.keys(ROUTES.getRendition.query.describe().keys);

/** AWS's managed policy CachingDisabled, which has this id in every account. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** Decides what is cached, under which key and for how long, what is forwarded to the origin, and which headers are added to answers. */
export function createPolicies(scope: Construct, names: Names): Record<CdnRouteKind, Policies> {
  const cached = createOriginRequest(scope, `${names.prefix}-cached`, {
    // The cache key has no headers, so no forwarded header may change a cached answer. `Origin` changes only preflights and answers with private
    // bytes, neither of which is cached. `Host` is replaced by the origin's own name, which its certificate is for.
    withoutHeaders: ['host', 'accept'],
    query: 'none',
  });
  const live = createOriginRequest(scope, `${names.prefix}-live`, { withoutHeaders: ['host'], query: 'all' });
  // Answers say themselves how long they may be cached (download/cache-control.ts); these are the most that the CDN obeys.
  const bytes = createCache(scope, `${names.prefix}-bytes`, { query: DOWNLOAD_QUERY, maxTtl: YEAR_SECONDS });
  const documents = createCache(scope, `${names.prefix}-documents`, { query: [], maxTtl: 24 * 60 * 60, text: true });
  const headers = createResponseHeaders(scope, names);
  return {
    rendition: { cachePolicyId: bytes, originRequestPolicyId: cached, responseHeadersPolicyId: headers.rendition },
    bytes: { cachePolicyId: bytes, originRequestPolicyId: cached, responseHeadersPolicyId: headers.bytes },
    document: { cachePolicyId: documents, originRequestPolicyId: cached, responseHeadersPolicyId: headers.text },
    live: { cachePolicyId: CACHING_DISABLED, originRequestPolicyId: live, responseHeadersPolicyId: headers.text },
  };
}

interface CacheProps {
  query: string[];
  maxTtl: number;
  /** Whether the CDN may compress. Images are compressed already. */
  text?: boolean;
}

/** A cache keyed by path. `min_ttl` is 0, because with more CloudFront caches even `private` and `no-store` answers. */
const createCache = (scope: Construct, name: string, { query, maxTtl, text = false }: CacheProps): string =>
  new CloudfrontCachePolicy(scope, `cache-${name}`, {
    name,
    minTtl: 0,
    // Answers that state no lifetime are not cached.
    defaultTtl: 0,
    maxTtl,
    parametersInCacheKeyAndForwardedToOrigin: {
      enableAcceptEncodingBrotli: text,
      enableAcceptEncodingGzip: text,
      headersConfig: { headerBehavior: 'none' },
      cookiesConfig: { cookieBehavior: 'none' },
      queryStringsConfig:
        query.length > 0
          ? { queryStringBehavior: 'whitelist', queryStrings: { items: query } }
          : { queryStringBehavior: 'none' },
    },
  }).id;

interface OriginRequestProps {
  withoutHeaders: string[];
  query: 'all' | 'none';
}

/** Forwards all headers with exceptions, because CloudFront does not forward Authorization from a list that names it. */
const createOriginRequest = (scope: Construct, name: string, { withoutHeaders, query }: OriginRequestProps): string =>
  new CloudfrontOriginRequestPolicy(scope, `origin-request-${name}`, {
    name,
    headersConfig: { headerBehavior: 'allExcept', headers: { items: withoutHeaders } },
    cookiesConfig: { cookieBehavior: 'none' },
    queryStringsConfig: { queryStringBehavior: query },
  }).id;
