import { block, blocks, strings, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const INGRESS = 'aws_vpc_security_group_ingress_rule';
const EGRESS = 'aws_vpc_security_group_egress_rule';

/** Whether two rules are the two ends of one connection. */
const isOtherEnd = (one: Values, other: Values): boolean =>
  one.security_group_id === other.referenced_security_group_id &&
  one.referenced_security_group_id === other.security_group_id &&
  one.from_port === other.from_port &&
  one.to_port === other.to_port;

const opensPort = ({ values }: Resource, group: string, port: unknown): boolean =>
  values.security_group_id === group && values.from_port === port && values.to_port === port;

/** Connections that are allowed at one end only. */
export const CONNECTION_CHECKS: Check[] = [
  {
    id: 'IMG-NET-208',
    of: [INGRESS, EGRESS],
    reason: 'A connection between two groups needs a rule at both ends: with only one it times out.',
    remedy: 'create both rules by allow() of stacks/network/security-group.ts.',
    find: ({ type, values }, { inventory }) =>
      values.referenced_security_group_id !== undefined &&
      !inventory.all(type === INGRESS ? EGRESS : INGRESS).some((other) => isOtherEnd(values, other.values)) &&
      'the other group has no matching rule',
  },
  {
    id: 'IMG-NET-209',
    of: ['aws_ecs_service'],
    reason: 'Every health check of the load balancer would fail, and ECS would stop the tasks.',
    remedy: 'allow the security group of the load balancer to connect to the container port.',
    find: ({ values }, { inventory }) => {
      const groups = strings(block(values, 'network_configuration')?.security_groups);
      return blocks(values, 'load_balancer')
        .filter(
          ({ container_port }) =>
            !inventory.all(INGRESS).some((rule) => groups.some((group) => opensPort(rule, group, container_port))),
        )
        .map(({ container_port }) => `no rule allows connections to port ${container_port}`);
    },
  },
];
