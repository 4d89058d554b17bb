import { ENDPOINTS_WITHOUT_POLICY } from '../../network/endpoint-policies.ts';
import { readPolicy, type Statement, trustStatementsOf } from '../access/policy-statements.ts';
import { isReference, strings, text } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { EGRESS, isAnyAddress } from './network-checks.ts';

const of = ['aws_vpc_endpoint'];

/** The service's part of its name, such as `ecr.api` of `com.amazonaws.us-east-1.ecr.api`. */
const serviceOf = ({ values }: Resource): string => text(values.service_name).replace(/^com\.amazonaws\.[^.]+\./, '');

/** Whether a statement allows everything on all resources of a service, those of other accounts included. */
const isUnlimited = ({ allows, actions, resources, conditions }: Statement): boolean =>
  allows &&
  conditions.length === 0 &&
  resources.some((resource) => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource)) &&
  actions.some((action) => action === '*' || action.endsWith(':*'));

/** Whether a pattern matches everything that another one matches. */
const covers = (pattern: string, other: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(other);

const lets = (statements: readonly Statement[], action: string, resource: string): boolean =>
  statements.some(
    ({ allows, actions, resources }) =>
      allows &&
      actions.some((pattern) => covers(pattern, action)) &&
      resources.some((pattern) => covers(pattern, resource)),
  );

/** Services whose roles are used from within the network. Flow logs, in contrast, are written by AWS from outside. */
const SERVICES_WITHIN_NETWORK = ['ecs-tasks.amazonaws.com', 'ec2.amazonaws.com'];

const isWithin = (policy: Resource, inventory: Inventory): boolean => {
  const role = inventory.named('aws_iam_role', policy.values.role, 'name', 'id');
  const trusting = role ? trustStatementsOf(role, inventory) : [];
  return trusting.some(({ principals }) =>
    principals.some(({ identifiers }) => identifiers.some((each) => SERVICES_WITHIN_NETWORK.includes(each))),
  );
};

/** What roles of tasks and instances allow for a service, as pairs of one action and one resource. */
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

/** Which resources of AWS services can be reached from within the network. */
export const VPC_ENDPOINT_CHECKS: Check[] = [
  {
    id: 'IMG-VPCE-001',
    of,
    reason:
      'An intruder in a container could send data to a bucket, queue or log of their own, with their own credentials.',
    remedy: 'set policy by endpointPolicy() of stacks/network/endpoint-policies.ts.',
    find(endpoint, { inventory }) {
      if (ENDPOINTS_WITHOUT_POLICY.includes(serviceOf(endpoint))) return false;
      const statements = readPolicy(endpoint.values.policy, inventory);
      if (!statements) return 'it has no policy, or one that is known only at apply';
      return statements.some(isUnlimited) && 'its policy allows access to resources of other accounts';
    },
  },
  {
    id: 'IMG-VPCE-002',
    of,
    reason: 'The endpoint denies what the role allows, so the call fails and the role does not show why.',
    remedy: 'add the resource to the endpoint’s statements in stacks/network/endpoint-policies.ts.',
    find(endpoint, { inventory }) {
      const statements = readPolicy(endpoint.values.policy, inventory);
      if (!statements) return false;
      return grantsOf(serviceOf(endpoint), inventory)
        .filter(({ action, resource }) => !lets(statements, action, resource))
        .map(({ path, action, resource }) => `it denies ${action} on ${resource}, which ${path} allows`);
    },
  },
  {
    id: 'IMG-VPCE-003',
    of,
    reason: 'The layers of container images are in a bucket of AWS, so no task could start.',
    remedy: 'allow s3:GetObject on arn:aws:s3:::prod-REGION-starport-layer-bucket/*.',
    find(endpoint, { inventory }) {
      const region = /^com\.amazonaws\.([^.]+)\.s3$/.exec(text(endpoint.values.service_name))?.[1];
      const statements = readPolicy(endpoint.values.policy, inventory);
      const layers = `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`;
      return region && statements && !lets(statements, 's3:GetObject', layers) && 'it denies access to image layers';
    },
  },
  {
    id: 'IMG-VPCE-004',
    of: [EGRESS],
    reason: 'Workers decode images from strangers, and network.isolatedWorkers promises that they connect only to AWS.',
    remedy: 'remove the rule, or set network.isolatedWorkers to false.',
    find({ values }, context) {
      const group = context.inventory.target(values.security_group_id);
      const isOpen = context.settings?.network.isolatedWorkers && isAnyAddress(values);
      return isOpen && group && isWorkersGroup(group, context) && 'isolated workers may connect to any address';
    },
  },
];
