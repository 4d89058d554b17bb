import { WITHOUT_POLICY } from '../../network/endpoint-policies.ts';
import { readPolicy, type Statement, trustOf } from '../access/policy-document.ts';
import { isReference, strings, text } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { EGRESS, isWorld } from './network-checks.ts';

const of = ['aws_vpc_endpoint'];

/** `ecr.api` of `com.amazonaws.us-east-1.ecr.api`. */
const serviceOf = ({ values }: Resource): string => text(values.service_name).replace(/^com\.amazonaws\.[^.]+\./, '');

/** Everybody's things: all that a service has, without a condition. */
const isUnlimited = ({ allows, actions, resources, conditions }: Statement): boolean =>
  allows &&
  conditions.length === 0 &&
  resources.some((resource) => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource)) &&
  actions.some((action) => action === '*' || action.endsWith(':*'));

/** Whether all that a pattern means is meant by another. */
const covers = (pattern: string, other: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(other);

const lets = (statements: readonly Statement[], action: string, resource: string): boolean =>
  statements.some(
    ({ allows, actions, resources }) =>
      allows &&
      actions.some((pattern) => covers(pattern, action)) &&
      resources.some((pattern) => covers(pattern, resource)),
  );

/** Who asks from within the network; flow logs are written by AWS, from outside. */
const WITHIN = ['ecs-tasks.amazonaws.com', 'ec2.amazonaws.com'];

const isWithin = (policy: Resource, inventory: Inventory): boolean => {
  const role = inventory.named('aws_iam_role', policy.values.role, 'name', 'id');
  const trusting = role ? trustOf(role, inventory) : [];
  return trusting.some(({ principals }) =>
    principals.some(({ identifiers }) => identifiers.some((each) => WITHIN.includes(each))),
  );
};

/** What roles of tasks and instances allow of a service, one action on one resource each. */
function grantsOf(service: string, inventory: Inventory): { path: string; action: string; resource: string }[] {
  const prefix = `${service.split('.')[0]}:`;
  const policies = inventory.all('aws_iam_role_policy').filter((policy) => isWithin(policy, inventory));
  return policies.flatMap(({ path, values }) =>
    (readPolicy(values.policy, inventory) ?? [])
      .filter(({ allows }) => allows)
      .flatMap(({ actions, resources }) =>
        actions
          .filter((action) => action.startsWith(prefix))
          .flatMap((action) => resources.map((resource) => ({ path, action, resource }))),
      )
      .filter(({ resource }) => !isReference(resource)),
  );
}

const isWorkersGroup = ({ address }: Resource, { inventory, names }: CheckContext): boolean =>
  inventory
    .all('aws_launch_template')
    .some(
      ({ values }) =>
        values.name === names?.service('worker') &&
        strings(values.vpc_security_group_ids).some((id) => inventory.target(id)?.address === address),
    );

/** What may be reached of AWS from within the network. */
export const VPC_ENDPOINT_CHECKS: Check[] = [
  {
    id: 'IMG-VPCE-001',
    of,
    reason:
      'Whoever breaks into a container sends what is there to a bucket, queue or log of their own, by their own credentials.',
    remedy: 'give policy by endpointPolicy() of stacks/network/endpoint-policies.ts.',
    find(endpoint, { inventory }) {
      if (WITHOUT_POLICY.includes(serviceOf(endpoint))) return false;
      const statements = readPolicy(endpoint.values.policy, inventory);
      if (!statements) return 'it has no policy, or one that is known only when it is applied';
      return statements.some(isUnlimited) && 'its policy lets everybody’s things be reached';
    },
  },
  {
    id: 'IMG-VPCE-002',
    of,
    reason: 'The endpoint refuses what the role allows: the call fails, and nothing in the role says why.',
    remedy: 'add the resource to the endpoint’s statements in stacks/network/endpoint-policies.ts.',
    find(endpoint, { inventory }) {
      const statements = readPolicy(endpoint.values.policy, inventory);
      if (!statements) return false;
      return grantsOf(serviceOf(endpoint), inventory)
        .filter(({ action, resource }) => !lets(statements, action, resource))
        .map(({ path, action, resource }) => `${action} on ${resource}, which ${path} allows, does not come through`);
    },
  },
  {
    id: 'IMG-VPCE-003',
    of,
    reason: 'Layers of images are in a bucket of AWS’s: no task would start.',
    remedy: 'let s3:GetObject on arn:aws:s3:::prod-REGION-starport-layer-bucket/* through.',
    find(endpoint, { inventory }) {
      const region = /^com\.amazonaws\.([^.]+)\.s3$/.exec(text(endpoint.values.service_name))?.[1];
      const statements = readPolicy(endpoint.values.policy, inventory);
      const layers = `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`;
      return region && statements && !lets(statements, 's3:GetObject', layers) && 'it keeps image layers back';
    },
  },
  {
    id: 'IMG-VPCE-004',
    of: [EGRESS],
    reason: 'Workers decode strangers’ images, and network.isolatedWorkers promises that they send to AWS alone.',
    remedy: 'remove the rule, or the promise.',
    find({ values }, context) {
      const group = context.inventory.target(values.security_group_id);
      const isOpen = context.settings?.network.isolatedWorkers && isWorld(values);
      return isOpen && group && isWorkersGroup(group, context) && 'isolated workers may send to any address';
    },
  },
];
