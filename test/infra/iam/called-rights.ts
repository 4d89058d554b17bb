import { actionsMatching, type IamAction, needsWildcardResource } from '../../../stacks/checks/access/iam-actions.ts';
import { type Parameters, parametersOf } from './call-parameters.ts';
import { type Call, calledAction } from './called-actions.ts';
import { NEW, resourcesOf, type Where } from './called-resources.ts';

/** One decision of IAM: an action on a resource, with its context. */
export interface Right {
  action: string;
  resource: string;
  context: Record<string, string>;
}

/** The known properties of a resource: its tags, as conditions name them, and the boundary of a role. */
export type Known = Map<string, Record<string, string>>;

const lastOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? '';

/** The key of a known resource. An id is the last part of its ARN, but names are not unique across kinds. */
const keyOf = (arn: string): string =>
  /:scalable-target\/(.*)$/.exec(arn)?.[1] ?? /:(role\/.*)$/.exec(arn)?.[1] ?? lastOf(arn);

const asKeys = (tags: Record<string, string>, key: 'RequestTag' | 'ResourceTag'): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:${key}/${name}`, value]));

/** Actions that pass a role to a service. */
const TAKERS: Record<string, string> = {
  'ec2:CreateFlowLogs': 'vpc-flow-logs.amazonaws.com',
  'ecs:RegisterTaskDefinition': 'ecs-tasks.amazonaws.com',
  'iam:AddRoleToInstanceProfile': 'ec2.amazonaws.com',
};

interface Tagged {
  accountId: string;
  context: Record<string, string>;
}

/** The right to tag a resource at creation, by service. */
const TAGGING: Record<string, string> = {
  'application-autoscaling': 'TagResource',
  cloudfront: 'TagResource',
  ec2: 'CreateTags',
  ecs: 'TagResource',
  elasticloadbalancing: 'AddTags',
};

const passing = (action: string, { all, arns }: Parameters, { accountId }: Where): Right[] => {
  const taker = TAKERS[action];
  if (!taker) return [];
  const named = action.startsWith('iam:')
    ? all('RoleName').map((name) => `arn:aws:iam::${accountId}:role/${name}`)
    : [];
  const roles = [...named, ...arns.filter((arn) => arn.includes(':role/'))];
  return roles.map((resource) => ({ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': taker } }));
};

function tagging(action: string, resources: string[], { accountId, context }: Tagged): Right[] {
  const [service = '', name = ''] = action.split(':');
  const right = TAGGING[service];
  if (!right || !('aws:RequestTag/Project' in context) || name === right) return [];
  const made = resources.filter((resource) => service !== 'ec2' || resource.endsWith(`/${NEW}`));
  const distribution =
    action === 'cloudfront:CreateDistribution' ? [`arn:aws:cloudfront::${accountId}:distribution/${NEW}`] : [];
  return [...made.filter((resource) => resource !== '*'), ...distribution].map((resource) => ({
    action: `${service}:${right}`,
    resource,
    context: { ...context, ...(service === 'ec2' && { 'ec2:CreateAction': name }) },
  }));
}

/** All rights that IAM checks before AWS carries out a call. */
export function calledRights(call: Call, accountId: string, known: Known): Right[] {
  const action = calledAction(call);
  const where = { accountId, region: call.region };
  const parameters = parametersOf(call);
  const [facts] = actionsMatching(action) as [IamAction];
  const asked = { action, parameters, where };
  const resources = needsWildcardResource(facts)
    ? ['*']
    : [...new Set(facts.resourceTypes.flatMap((type) => resourcesOf(type, asked)))];
  if (resources.length === 0 && facts.resourceTypes.some(({ required }) => required))
    throw new Error(
      `test/infra/iam/called-resources.ts does not know what ${action} is about: ${call.url} ${call.body}`,
    );
  const requested = {
    'aws:RequestedRegion': call.region,
    ...asKeys(parameters.tags, 'RequestTag'),
    ...(parameters.all('PermissionsBoundary')[0] && {
      'iam:PermissionsBoundary': parameters.all('PermissionsBoundary')[0] as string,
    }),
  };
  const rights = (resources.length > 0 ? resources : ['*']).map((resource) => ({
    action,
    resource,
    context: { ...requested, ...known.get(keyOf(resource)) },
  }));
  return [
    ...rights,
    ...tagging(action, resources, { accountId, context: requested }),
    ...passing(action, parameters, where),
  ];
}

/** Learns from a call and its answer the tags of the resources that it created. */
export function learn(call: Call, answer: string, known: Known): void {
  const { all, tags } = parametersOf(call);
  const keys = asKeys(tags, 'ResourceTag');
  const boundary = all('PermissionsBoundary')[0];
  // A call names an association by its own id, but the tags of its route table decide.
  const [association] = /rtbassoc-[0-9a-f]+/.exec(answer) ?? [];
  const routeTable = known.get(all('RouteTableId')[0] ?? '');
  if (association && routeTable) known.set(association, routeTable);
  if (boundary) for (const role of all('RoleName')) known.set(`role/${role}`, { 'iam:PermissionsBoundary': boundary });
  if (Object.keys(keys).length === 0) return;
  const asked = [...all('ResourceId', 'ResourceIds'), ...all('ResourceARN', 'resourceArn').map(lastOf)];
  const made = [...answer.matchAll(/\b(?:[a-z]+-[0-9a-f]{8,17}|arn:aws:[^\s"<]+)/g)].map(([id]) => lastOf(id));
  const distribution = call.service === 'cloudfront' ? [/<Id>(\w+)<\/Id>/.exec(answer)?.[1] ?? ''] : [];
  for (const id of [...asked, ...made, ...distribution]) if (!known.has(id)) known.set(id, keys);
}
