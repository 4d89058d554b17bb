import {
  CloudfrontResponseHeadersPolicy,
  type CloudfrontResponseHeadersPolicyConfig,
} from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

const SHARED = {
  strictTransportSecurity: { accessControlMaxAgeSec: YEAR_SECONDS, includeSubdomains: false, override: true },
  contentTypeOptions: { override: true },
  referrerPolicy: { referrerPolicy: 'no-referrer', override: false },
};

/** Where the origin does not say itself what a page of an image may do: nothing. An SVG opened as a page would run its scripts. */
const NOTHING_RUNS = {
  contentSecurityPolicy: {
    contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    override: false,
  },
};

/** Texts are read, and the documentation is a page, that nobody may put into theirs. */
const NO_FRAMES = { frameOptions: { frameOption: 'DENY', override: false } };

/**
 * The origin answers `/card.avif` without Vary. Who asked for `/card` must hear that another client may get another answer, or a
 * shared cache on the way would hand AVIF to all.
 */
const VARY_BY_ACCEPT = { items: [{ header: 'vary', value: 'accept', override: true }] };

/** What the CDN adds to answers. Answers the ids of the policies. */
export function createResponseHeaders(scope: Construct, names: Names) {
  const create = (kind: string, config: Omit<CloudfrontResponseHeadersPolicyConfig, 'name'>) =>
    new CloudfrontResponseHeadersPolicy(scope, `response-headers-${kind}`, {
      name: `${names.prefix}-${kind}`,
      ...config,
    }).id;
  const image = { ...SHARED, ...NOTHING_RUNS };
  return {
    rendition: create('rendition', { securityHeadersConfig: image, customHeadersConfig: VARY_BY_ACCEPT }),
    bytes: create('bytes', { securityHeadersConfig: image }),
    text: create('text', { securityHeadersConfig: { ...SHARED, ...NO_FRAMES } }),
  };
}
