import { CloudfrontCachePolicy } from '@cdktf/provider-aws/lib/cloudfront-cache-policy/index.js';
import { CloudfrontOriginRequestPolicy } from '@cdktf/provider-aws/lib/cloudfront-origin-request-policy/index.js';
import type { Construct } from 'constructs';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import type { Names } from '../../shared/contracts/names.ts';
import type { BehaviourKind } from './cdn-behaviours.ts';
import { createResponseHeaders } from './cdn-response-headers.ts';

export interface Policies {
  cachePolicyId: string;
  originRequestPolicyId: string;
  responseHeadersPolicyId: string;
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * The query of a download: what names the file a browser saves, and what a signed link says, whose answers are private and so not kept. Whatever
 * else a client adds makes no other copy.
 */
const DOWNLOAD_QUERY = Object.keys(ROUTES.getRendition.query.describe().keys);

/** AWS's own policy CachingDisabled, which has this id in every account. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** What is kept, under which key and for how long, what the origin hears, and what is added to its answers. */
export function createPolicies(scope: Construct, names: Names): Record<BehaviourKind, Policies> {
  const cached = createOriginRequest(scope, `${names.prefix}-cached`, {
    // The key has none of what is passed on, so of what is kept nothing may change the answer. `Origin` changes that of private bytes alone, which
    // nobody keeps, and of a preflight. Host is the origin's own, for its certificate.
    withoutHeaders: ['host', 'accept'],
    query: 'none',
  });
  const live = createOriginRequest(scope, `${names.prefix}-live`, { withoutHeaders: ['host'], query: 'all' });
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
  /** Images are compressed already. */
  text?: boolean;
}

/** Keyed by the path. `min_ttl` is 0, because above it CloudFront keeps even what is `private` or `no-store`. */
const createCache = (scope: Construct, name: string, { query, maxTtl, text = false }: CacheProps): string =>
  new CloudfrontCachePolicy(scope, `cache-${name}`, {
    name,
    minTtl: 0,
    // What does not say how long it lasts is not kept.
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

/** Everything but some, because CloudFront passes Authorization on by no list that names it. */
const createOriginRequest = (scope: Construct, name: string, { withoutHeaders, query }: OriginRequestProps): string =>
  new CloudfrontOriginRequestPolicy(scope, `origin-request-${name}`, {
    name,
    headersConfig: { headerBehavior: 'allExcept', headers: { items: withoutHeaders } },
    cookiesConfig: { cookieBehavior: 'none' },
    queryStringsConfig: { queryStringBehavior: query },
  }).id;
