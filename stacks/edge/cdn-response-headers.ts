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

/** Forbids everything to an image opened as a page, unless the origin sends a policy itself: an SVG would run its scripts. */
const NOTHING_RUNS = {
  contentSecurityPolicy: {
    contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    override: false,
  },
};

/** Forbids other sites to embed the documentation, or any text, in a frame. */
const NO_FRAMES = { frameOptions: { frameOption: 'DENY', override: false } };

/**
 * The origin answers `/card.avif` without Vary. The answer to `/card` needs it, because other clients may get another format; without it a
 * shared cache on the way would hand AVIF to all of them.
 */
const VARY_BY_ACCEPT = { items: [{ header: 'vary', value: 'accept', override: true }] };

/** Creates the policies for headers that the CDN adds, and returns their ids. */
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
