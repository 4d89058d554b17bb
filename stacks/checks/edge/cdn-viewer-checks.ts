import { block, blocks, strings, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const DISTRIBUTION = 'aws_cloudfront_distribution';

const behavioursOf = ({ values }: Resource): Values[] => [
  ...blocks(values, 'default_cache_behavior'),
  ...blocks(values, 'ordered_cache_behavior'),
];

/** Whether an origin request policy forwards a header of the viewer. */
function passesOn(policy: Values, header: string): boolean {
  const config = block(policy, 'headers_config');
  const isNamed = strings(block(config, 'headers')?.items).some((name) => name.toLowerCase() === header);
  switch (config?.header_behavior) {
    case 'allExcept':
      return !isNamed;
    case 'whitelist':
      return isNamed;
    default:
      return text(config?.header_behavior).startsWith('allViewer');
  }
}

/** Whether a function is at the wrong event: its code, if known, uses `event.response`, which exists only at viewer-response. */
const isAtWrongEvent = (eventType: unknown, code: string): boolean =>
  code !== '' && (eventType === 'viewer-response') !== code.includes('event.response');

/** How the distribution treats viewers: their Origin header, TLS, and functions on their requests. */
export const CDN_VIEWER_CHECKS: Check[] = [
  {
    id: 'IMG-CDN-014',
    of: ['aws_cloudfront_origin_request_policy'],
    reason:
      'CORS depends on the Origin header: without it no page may read private images or live events, whatever CORS_ORIGINS says, and no preflight is answered.',
    remedy: 'remove Origin from the headers that are not forwarded, or add it to those that are.',
    find: ({ values }) => !passesOn(values, 'origin') && 'it does not forward Origin to the origin',
  },
  {
    id: 'IMG-CDN-015',
    of: [DISTRIBUTION],
    reason:
      'With its default certificate CloudFront lets viewers use TLS 1.0, whatever minimum is set (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html).',
    remedy:
      'set cdn.domainNames and their certificate in us-east-1, or storage.disposable to true if nothing of value is in it.',
    find: ({ values }, { settings }) =>
      settings?.storage.disposable === false &&
      block(values, 'viewer_certificate')?.cloudfront_default_certificate === true &&
      "it has CloudFront's default certificate",
  },
  {
    id: 'IMG-CDN-016',
    of: [DISTRIBUTION],
    reason:
      'The function would have no effect: at viewer-request there is no response yet, and at viewer-response the answer has already been chosen.',
    remedy:
      "set event_type to 'viewer-request' for a function that works on requests, and to 'viewer-response' for one that works on event.response.",
    find: (distribution, { inventory }) =>
      behavioursOf(distribution)
        .flatMap((behaviour) => blocks(behaviour, 'function_association'))
        .filter(({ event_type, function_arn }) =>
          isAtWrongEvent(event_type, text(inventory.target(function_arn)?.values.code)),
        )
        .map(({ event_type, function_arn }) => `${inventory.target(function_arn)?.path} runs at ${event_type}`),
  },
];
