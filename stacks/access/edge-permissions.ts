import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/** The permissions of an apply on load balancer, CDN and web ACLs. */
export const edgeStatements = (deployment: Deployment): Statement[] => [
  ...loadBalancerStatements(deployment),
  ...cdnStatements(deployment),
  ...webAclStatements(deployment),
];

function loadBalancerStatements(deployment: Deployment): Statement[] {
  const { accountId, environment, region } = deployment;
  const { loadBalancer, internalLoadBalancer } = namesOf(deployment);
  const arn = (resource: string) => `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;
  const kinds = ['loadbalancer', 'listener', 'listener-rule'];
  const targetGroups = arn('targetgroup/*');
  return [
    allow(
      [
        'elasticloadbalancing:AddListenerCertificates',
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:CreateListener',
        'elasticloadbalancing:CreateLoadBalancer',
        'elasticloadbalancing:CreateRule',
        'elasticloadbalancing:CreateWebACLAssociation',
        'elasticloadbalancing:DeleteListener',
        'elasticloadbalancing:DeleteLoadBalancer',
        'elasticloadbalancing:DeleteRule',
        'elasticloadbalancing:DeleteWebACLAssociation',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:ModifyListenerAttributes',
        'elasticloadbalancing:ModifyLoadBalancerAttributes',
        'elasticloadbalancing:ModifyRule',
        'elasticloadbalancing:RemoveListenerCertificates',
        'elasticloadbalancing:RemoveTags',
        'elasticloadbalancing:SetRulePriorities',
        'elasticloadbalancing:SetSecurityGroups',
        'elasticloadbalancing:SetSubnets',
      ],
      [loadBalancer, internalLoadBalancer].flatMap((name) => kinds.map((kind) => arn(`${kind}/app/${name}/*`))),
    ),
    // The names of target groups are too short to contain the environment, so tags decide.
    allow(
      ['elasticloadbalancing:AddTags', 'elasticloadbalancing:CreateTargetGroup'],
      targetGroups,
      madeFor(environment),
    ),
    allow(
      [
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:DeleteTargetGroup',
        'elasticloadbalancing:ModifyTargetGroup',
        'elasticloadbalancing:ModifyTargetGroupAttributes',
        'elasticloadbalancing:RemoveTags',
      ],
      targetGroups,
      ownedBy(environment),
    ),
  ];
}

/** CloudFront's policies, keys and VPC origins have neither names in their ARNs nor tags by which environments could be told apart. */
function cdnStatements(deployment: Deployment): Statement[] {
  const { accountId, environment } = deployment;
  const arn = (resource: string) => `arn:aws:cloudfront::${accountId}:${resource}`;
  return [
    allow('cloudfront:CreateDistribution', '*', madeFor(environment)),
    allow('cloudfront:TagResource', arn('distribution/*'), madeFor(environment)),
    allow(
      [
        'cloudfront:DeleteDistribution',
        'cloudfront:TagResource',
        'cloudfront:UntagResource',
        'cloudfront:UpdateDistribution',
      ],
      arn('distribution/*'),
      ownedBy(environment),
    ),
    allow(
      ['cloudfront:DeleteFunction', 'cloudfront:PublishFunction', 'cloudfront:UpdateFunction'],
      arn(`function/${namesOf(deployment).prefix}-*`),
    ),
    allow(
      [
        'cloudfront:CreateCachePolicy',
        'cloudfront:CreateFunction',
        'cloudfront:CreateKeyGroup',
        'cloudfront:CreateOriginRequestPolicy',
        'cloudfront:CreatePublicKey',
        'cloudfront:CreateResponseHeadersPolicy',
        'cloudfront:CreateVpcOrigin',
        'cloudfront:DeleteKeyGroup',
        'cloudfront:DeletePublicKey',
        'cloudfront:UpdateKeyGroup',
        'cloudfront:UpdatePublicKey',
      ],
      '*',
    ),
    allow(
      [
        'cloudfront:DeleteCachePolicy',
        'cloudfront:DeleteOriginRequestPolicy',
        'cloudfront:DeleteResponseHeadersPolicy',
        'cloudfront:DeleteVpcOrigin',
        'cloudfront:UpdateCachePolicy',
        'cloudfront:UpdateOriginRequestPolicy',
        'cloudfront:UpdateResponseHeadersPolicy',
        'cloudfront:UpdateVpcOrigin',
      ],
      ['cache-policy/*', 'origin-request-policy/*', 'response-headers-policy/*', 'vpcorigin/*'].map(arn),
    ),
  ];
}

function webAclStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { loadBalancer, internalLoadBalancer, prefix } = namesOf(deployment);
  const regions = [...new Set([region, EDGE_REGION])];
  const own = (kind: string) =>
    regions.flatMap((each) =>
      [prefix, `${prefix}-*`].map((name) => `arn:aws:wafv2:${each}:${accountId}:*/${kind}/${name}/*`),
    );
  return [
    allow(
      [
        'wafv2:AssociateWebACL',
        'wafv2:CreateRegexPatternSet',
        'wafv2:CreateWebACL',
        'wafv2:DeleteRegexPatternSet',
        'wafv2:DeleteWebACL',
        'wafv2:DisassociateWebACL',
        'wafv2:TagResource',
        'wafv2:UntagResource',
        'wafv2:UpdateRegexPatternSet',
        'wafv2:UpdateWebACL',
      ],
      [
        ...own('webacl'),
        ...own('regexpatternset'),
        ...[loadBalancer, internalLoadBalancer].map(
          (name) => `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/${name}/*`,
        ),
      ],
    ),
    // A web ACL refers to AWS's managed rule groups.
    allow(['wafv2:CreateWebACL', 'wafv2:UpdateWebACL'], 'arn:aws:wafv2:*:*:*/managedruleset/*/*'),
    // AssociateWebACL needs this action for a load balancer; it supports no resource.
    allow('elasticloadbalancing:SetWebAcl', '*', { StringEquals: { 'aws:RequestedRegion': region } }),
  ];
}
