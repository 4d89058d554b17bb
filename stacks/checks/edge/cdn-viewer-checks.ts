import { block, blocks, strings, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const DISTRIBUTION = 'aws_cloudfront_distribution';

const behavioursOf = ({ values }: Resource): Values[] => [
  ...blocks(values, 'default_cache_behavior'),
  ...blocks(values, 'ordered_cache_behavior'),
];

/** Whether a header of the viewer reaches the origin by such a policy. */
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

/** Of a function whose code is known: it works on a response exactly where there is one. */
const isAtWrongEvent = (eventType: unknown, code: string): boolean =>
  code !== '' && (eventType === 'viewer-response') !== code.includes('event.response');

/** What viewers have of the CDN: whom it lets in, what it tells of them, and what is done to their requests. */
export const CDN_VIEWER_CHECKS: Check[] = [
  {
    id: 'IMG-CDN-014',
    of: ['aws_cloudfront_origin_request_policy'],
    reason:
      'The service answers pages by their Origin: without it no page may read what is private or live, whatever CORS_ORIGINS says, and no preflight is answered.',
    remedy: 'leave Origin out of the headers that are not passed on, or name it among those that are.',
    find: ({ values }) => !passesOn(values, 'origin') && 'it keeps Origin from the origin',
  },
  {
    id: 'IMG-CDN-015',
    of: [DISTRIBUTION],
    reason:
      'With a certificate of its own CloudFront lets viewers speak TLS 1.0, whatever minimum is set (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html).',
    remedy:
      'give cdn.domainNames and the certificate of them in us-east-1, or say disposable of a storage that holds nothing of value.',
    find: ({ values }, { settings }) =>
      settings?.storage.disposable === false &&
      block(values, 'viewer_certificate')?.cloudfront_default_certificate === true &&
      "it has CloudFront's own certificate",
  },
  {
    id: 'IMG-CDN-016',
    of: [DISTRIBUTION],
    reason:
      'The function would change nothing: at viewer-request there is no response yet, at viewer-response the answer has been chosen already.',
    remedy:
      "set event_type to 'viewer-request' for a function that works on requests, and to 'viewer-response' for one that works on event.response.",
    find: (distribution, { inventory }) =>
      behavioursOf(distribution)
        .flatMap((behaviour) => blocks(behaviour, 'function_association'))
        .filter(({ event_type, function_arn }) =>
          isAtWrongEvent(event_type, text(inventory.target(function_arn)?.values.code)),
        )
        .map(({ event_type, function_arn }) => `${inventory.target(function_arn)?.path} is at ${event_type}`),
  },
];
