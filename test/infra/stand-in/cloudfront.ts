import { randomBytes, randomUUID } from 'node:crypto';
import { createFunctions } from './cloudfront-functions.ts';
import { createInvalidations } from './cloudfront-invalidations.ts';
import { createTags } from './cloudfront-tags.ts';
import type { AwsAnswer, AwsRequest, OpenSupplement } from './exchange.ts';
import { forgetUser, keepUses } from './uses.ts';
import { cut, inside, wrap } from './xml.ts';

interface Kind {
  /** The root element of answers, and in it the element that requests send. */
  element: string;
  config: string;
  /** The error for deleting a resource that another kind uses; by default the name of the element with the suffix InUse. */
  inUse?: string;
  /** Further elements in an answer beside the configuration. */
  facts?: (id: string, arn: string) => string[];
}

const NOBODY = [wrap('Enabled', 'false'), wrap('Quantity', '0')];

/**
 * The resources that CloudFront keeps as a document and returns with an id, an ARN and an ETag. moto 5.2.1 has no policies and no VPC
 * origins, cannot delete a key group, and forgets the functions of a distribution's behaviours. Invalidations are here because the
 * distributions are.
 */
const KINDS: Record<string, Kind> = {
  'cache-policy': { element: 'CachePolicy', config: 'CachePolicyConfig' },
  'origin-request-policy': { element: 'OriginRequestPolicy', config: 'OriginRequestPolicyConfig' },
  'response-headers-policy': { element: 'ResponseHeadersPolicy', config: 'ResponseHeadersPolicyConfig' },
  'public-key': { element: 'PublicKey', config: 'PublicKeyConfig' },
  'key-group': { element: 'KeyGroup', config: 'KeyGroupConfig', inUse: 'ResourceInUse' },
  'origin-access-control': { element: 'OriginAccessControl', config: 'OriginAccessControlConfig' },
  'vpc-origin': {
    element: 'VpcOrigin',
    config: 'VpcOriginEndpointConfig',
    inUse: 'CannotDeleteEntityWhileInUse',
    facts: (_id, arn) => [wrap('Arn', arn), wrap('Status', 'Deployed')],
  },
  distribution: {
    element: 'Distribution',
    config: 'DistributionConfig',
    facts: (id, arn) => [
      wrap('ARN', arn),
      wrap('Status', 'Deployed'),
      wrap('InProgressInvalidationBatches', '0'),
      wrap('DomainName', `${id.toLowerCase()}.cloudfront.net`),
      wrap('ActiveTrustedSigners', ...NOBODY),
      wrap('ActiveTrustedKeyGroups', ...NOBODY),
    ],
  },
};

interface Kept {
  kind: string;
  config: string;
  eTag: string;
}

const refuse = (code: string, status = 400): AwsAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: wrap('ErrorResponse', wrap('Error', wrap('Type', 'Sender'), wrap('Code', code), wrap('Message', code))),
});

/** Lists that CloudFront returns whether they were given or not. Provider 5.100.0 relies on that. */
const LISTS = ['Aliases', 'CacheBehaviors', 'CustomErrorResponses', 'OriginGroups'];

const complete = (config: string): string =>
  LISTS.filter((name) => !cut(config, name)).reduce(
    (left, name) => left.replace('</DistributionConfig>', `${wrap(name, wrap('Quantity', '0'))}</DistributionConfig>`),
    config,
  );

/** Faults of a distribution that CloudFront refuses and Terraform does not find. */
function faultOf(config: string): string | undefined {
  const origins = inside(cut(config, 'Origins'), 'Id');
  return inside(config, 'TargetOriginId').every((id) => origins.includes(id)) ? undefined : 'NoSuchOrigin';
}

export const openCloudFront: OpenSupplement = (accountId, outside) => {
  const kept = new Map<string, Kept>();
  const tags = createTags();
  const isUsed = (name: string) => [...kept.values()].some(({ config }) => config.includes(`>${name}<`));
  const functions = createFunctions(accountId, { refuse, isUsed });
  const invalidations = createInvalidations(refuse, outside);
  const arnOf = (kind: string, id: string) => `arn:aws:cloudfront::${accountId}:${kind.replaceAll('-', '')}/${id}`;

  const tell = (id: string, { kind, config, eTag }: Kept, status = 200): AwsAnswer => {
    const { element, facts } = KINDS[kind] as Kind;
    const beside = facts?.(id, arnOf(kind, id)) ?? [];
    const body = wrap(element, wrap('Id', id), wrap('LastModifiedTime', '2026-01-01T00:00:00Z'), ...beside, config);
    return { status, headers: { etag: eTag, 'content-type': 'text/xml' }, body };
  };

  function create(kind: string, { config: name }: Kind, xml: string): AwsAnswer {
    const config = complete(cut(xml, name));
    const fault = kind === 'distribution' ? faultOf(config) : undefined;
    if (fault) return refuse(fault, 404);
    const id = `E${randomBytes(6).toString('hex').toUpperCase()}`;
    const made = { kind, config, eTag: randomUUID() };
    kept.set(id, made);
    tags.put(arnOf(kind, id), cut(xml, 'Tags'));
    keepUses(arnOf(kind, id), inside(config, 'WebACLId'));
    return tell(id, made, 201);
  }

  function change({ method, headers, body }: AwsRequest, id: string, found: Kept): AwsAnswer {
    if (headers['if-match'] !== found.eTag) return refuse('InvalidIfMatchVersion');
    if (method === 'DELETE') {
      if (found.kind === 'distribution' && topLevel(found.config).includes('<Enabled>true<'))
        return refuse('DistributionNotDisabled', 409);
      const { element, inUse = `${element}InUse` } = KINDS[found.kind] as Kind;
      if (isUsed(id)) return refuse(inUse, 409);
      kept.delete(id);
      forgetUser(arnOf(found.kind, id));
      return found.kind === 'vpc-origin' ? tell(id, found, 202) : { status: 204, headers: {}, body: '' };
    }
    Object.assign(found, {
      config: complete(cut(body.toString(), (KINDS[found.kind] as Kind).config)),
      eTag: randomUUID(),
    });
    keepUses(arnOf(found.kind, id), inside(found.config, 'WebACLId'));
    return tell(id, found);
  }

  /** A list with only as much of each distribution as shows that it exists. */
  function listDistributions(): AwsAnswer {
    const ids = [...kept].filter(([, { kind }]) => kind === 'distribution').map(([id]) => id);
    const items = ids.map((id) => wrap('DistributionSummary', wrap('Id', id), wrap('ARN', arnOf('distribution', id))));
    const facts = [wrap('IsTruncated', 'false'), wrap('MaxItems', '100'), wrap('Quantity', String(ids.length))];
    const body = wrap('DistributionList', ...facts, ...(items.length > 0 ? [wrap('Items', ...items)] : []));
    return { status: 200, headers: { 'content-type': 'text/xml' }, body };
  }

  return (request) => {
    const [, , kind = '', id, part, partId] = request.path.split('/');
    if (kind === 'tagging') return tags.answer(request);
    if (kind === 'function') return functions(request, id);
    const known = KINDS[kind];
    if (!known || (part && !['config', 'invalidation'].includes(part))) return undefined;
    if (!id && request.method === 'POST') return create(kind, known, request.body.toString());
    if (!id) return kind === 'distribution' ? listDistributions() : undefined;
    const found = kept.get(id);
    // Ids of distributions look like CloudFront's. Most kinds have their own error for an unknown id.
    if (found?.kind !== kind) return refuse(kind === 'vpc-origin' ? 'EntityNotFound' : `NoSuch${known.element}`, 404);
    if (part === 'invalidation') return invalidations(request, id, partId);
    if (request.method !== 'GET') return change(request, id, found);
    return part ? { ...tell(id, found), body: found.config } : tell(id, found);
  };
};

/** A distribution's configuration without the nested parts that also have an `Enabled`. */
const topLevel = (config: string): string =>
  ['Origins', 'OriginGroups', 'DefaultCacheBehavior', 'CacheBehaviors', 'Logging'].reduce(
    (left, name) => left.replace(cut(left, name), ''),
    config,
  );
