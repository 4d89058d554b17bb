import { patternsOverlap, type ResourceType } from '../../../stacks/checks/access/iam-actions.ts';
import type { Parameters } from './call-parameters.ts';

export interface Where {
  accountId: string;
  region: string;
}

/** Stands for the id of a resource that is being created. */
export const NEW = 'new';

type Names = (parameters: Parameters) => string[];

const called =
  (...names: string[]): Names =>
  ({ all }) =>
    all(...names);
const below =
  (prefix: string, ...names: string[]): Names =>
  ({ all }) =>
    all(...names).map((name) => `${prefix}${name}`);

/** A web ACL and its parts are global or in a region. */
const inScope =
  (kind: string): Names =>
  ({ all }) =>
    all('Name').map((name) => `${all('Scope')[0] === 'CLOUDFRONT' ? 'global' : 'regional'}/${kind}/${name}/1`);

/** How a call names the resources of a kind: `SERVICE:KIND`, and the part of the ARN after the account. ARNs in a call need no entry. */
const NAMES: Record<string, Names> = {
  'application-autoscaling:ScalableTarget': below('scalable-target/', 'ResourceId'),
  'autoscaling:autoScalingGroup': below(
    'autoScalingGroup:1:autoScalingGroupName/',
    'AutoScalingGroupName',
    'Tags.member.\\d+.ResourceId',
  ),
  'budgets:budget': below('budget/', 'BudgetName', 'Budget.BudgetName'),
  'cloudwatch:alarm': below('alarm:', 'AlarmName', 'AlarmNames'),
  'cloudwatch:dashboard': below('dashboard/', 'DashboardName', 'DashboardNames'),
  'dynamodb:table': below('table/', 'TableName'),
  'ecr:repository': below('repository/', 'repositoryName', 'repositoryNames'),
  'ecs:capacity-provider': below('capacity-provider/', 'name', 'capacityProvider', 'capacityProviders'),
  'ecs:cluster': below('cluster/', 'cluster', 'clusterName', 'clusters'),
  'ecs:service': ({ all }) =>
    all('serviceName', 'service', 'services').map((name) => `service/${all('cluster')[0]?.split('/').at(-1)}/${name}`),
  'ecs:task-definition': ({ all }) => all('family').map((name) => `task-definition/${name}:1`),
  'elasticloadbalancing:loadbalancer': ({ all }) => all('Name').map((name) => `loadbalancer/app/${name}/1`),
  'elasticloadbalancing:targetgroup': ({ all }) => all('Name').map((name) => `targetgroup/${name}/${NEW}`),
  'events:rule-on-default-event-bus': below('rule/', 'Name', 'Rule'),
  'iam:instance-profile': below('instance-profile/', 'InstanceProfileName'),
  'iam:role': below('role/', 'RoleName'),
  'logs:log-group': below('log-group:', 'logGroupName'),
  's3:bucket': ({ path }) => [path[1] ?? ''],
  // A list of keys to delete has no path of an object.
  's3:object': ({ path: [, bucket, ...key] }) => [`${bucket}/${key.join('/') || 'x'}`],
  'sns:topic': called('Name'),
  'sqs:queue': ({ all }) => [...all('QueueName'), ...all('QueueUrl').map((url) => url.split('/').at(-1) ?? '')],
  'ssm:parameter': below('parameter', 'Name', 'Names'),
  'wafv2:regexpatternset': inScope('regexpatternset'),
  'wafv2:webacl': inScope('webacl'),
};

/** The prefixes of EC2's ids, where they are not the first letters of the kind. */
const IDS: Record<string, string> = {
  'elastic-ip': 'eipalloc',
  'internet-gateway': 'igw',
  'launch-template': 'lt',
  natgateway: 'nat',
  'route-table': 'rtb(assoc)?',
  'security-group': 'sg',
  'security-group-rule': 'sgr',
  subnet: 'subnet',
  vpc: 'vpc',
  'vpc-endpoint': 'vpce',
  'vpc-flow-log': 'fl',
};

/** The ids of a kind in a call, and a new one where the call creates the resource. */
function ofEc2({ name, keys }: ResourceType, { all }: Parameters, makes: boolean): string[] {
  if (makes && keys.some((key) => key.startsWith('aws:RequestTag/'))) return [`${name}/${NEW}`];
  const named = all('\\w*Id', '\\w*Ids').filter((id) => new RegExp(`^${IDS[name]}-`).test(id));
  return named.map((id) => `${name}/${id}`);
}

const parts = (arn: string, { accountId, region }: Where): string => {
  const [, , service, itsRegion, itsAccount] = arn.split(':');
  return `arn:aws:${service}:${itsRegion === '*' ? region : itsRegion}:${itsAccount === '*' ? accountId : itsAccount}:`;
};

interface Asked {
  action: string;
  parameters: Parameters;
  where: Where;
}

/** The ARNs of a kind that a call is about. */
export function resourcesOf(type: ResourceType, { action, parameters, where }: Asked): string[] {
  const [service = '', name = ''] = action.split(':');
  const names =
    service === 'ec2'
      ? ofEc2(type, parameters, /^(Create|Allocate|Authorize)(?!Route$|Tags)/.test(name))
      : service === 'cloudfront'
        ? parameters.path.slice(3, 4).map((id) => `${type.name}/${id}`)
        : (NAMES[`${service}:${type.name}`]?.(parameters) ?? []);
  const written = names.map((each) =>
    each.startsWith('arn:') || each.includes('/arn:') ? '' : parts(type.arn, where) + each,
  );
  return [...written, ...parameters.arns].filter((arn) => arn && patternsOverlap(arn, type.arn));
}
