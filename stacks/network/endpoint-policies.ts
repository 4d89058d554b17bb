import { APP, arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { policyDocument, type Statement } from '../access/policy-document.ts';

/** Roles limit who may do what. An endpoint policy limits whose resources can be reached at all, even with credentials brought from elsewhere. */
const allowOn = (...resources: string[]): Statement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: '*',
  Resource: resources,
});

/**
 * Buckets of AWS that instances and tasks read. They are allowed without a condition, because image layers come by links that ECR's own
 * account has signed, and packages are fetched unsigned (https://github.com/aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies).
 */
const bucketsOfAws = (region: string): string[] => [
  // Image layers: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
  `prod-${region}-starport-layer-bucket`,
  // Packages of Amazon Linux 2023: https://docs.aws.amazon.com/linux/al2023/ug/live-patching.html
  `al2023-repos-${region}-de612dc2`,
  // The ECS agent, where an AMI has none in its cache: https://github.com/aws/amazon-ecs-agent/blob/master/ecs-init/config/common.go
  'amazon-ecs-agent',
];

const regional = (service: string, { accountId, region }: Deployment, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

/** Log deliveries, CloudFront and clients with signed links come from outside and do not use this endpoint. Session Manager is not used. */
function s3(deployment: Deployment): Statement[] {
  const { bucket } = arnsOf(deployment);
  const Resource = bucketsOfAws(deployment.region).map((name) => `arn:aws:s3:::${name}/*`);
  return [allowOn(bucket, `${bucket}/*`), { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource }];
}

function dynamoDb(deployment: Deployment): Statement[] {
  const { table } = arnsOf(deployment);
  return [allowOn(table, `${table}/index/*`)];
}

const anyResource = (Action: string): Statement => ({ Effect: 'Allow', Principal: '*', Action, Resource: '*' });

/** An authorization token is valid for the whole registry. GuardDuty's runtime monitoring would need the repositories of its agent added here. */
const ecr = (deployment: Deployment): Statement[] => [
  anyResource('ecr:GetAuthorizationToken'),
  allowOn(regional('ecr', deployment, `repository/${APP}/*`)),
];

function ecs(deployment: Deployment): Statement[] {
  const { cluster, tasks } = arnsOf(deployment);
  const instances = regional('ecs', deployment, `container-instance/${namesOf(deployment).cluster}/*`);
  return [anyResource('ecs:DiscoverPollEndpoint'), allowOn(cluster, instances, tasks)];
}

const STATEMENTS = {
  s3,
  dynamodb: dynamoDb,
  'ecr.api': ecr,
  'ecr.dkr': ecr,
  ecs,
  logs: (deployment: Deployment) => [
    allowOn(regional('logs', deployment, `log-group:${namesOf(deployment).logGroup('*')}`)),
  ],
  sqs: (deployment: Deployment) => [allowOn(arnsOf(deployment).queue, arnsOf(deployment).deadLetterQueue)],
  ssm: (deployment: Deployment) => [allowOn(arnsOf(deployment).parameter(namesOf(deployment).secretParameter('*')))],
};

/** Endpoints that accept no policy: https://github.com/awsdocs/amazon-ecs-developer-guide/issues/55. The agent signs its requests to them. */
export const ENDPOINTS_WITHOUT_POLICY: readonly string[] = ['ecs-agent', 'ecs-telemetry'];

export const endpointPolicy = (service: keyof typeof STATEMENTS, deployment: Deployment): string =>
  policyDocument(...STATEMENTS[service](deployment));
