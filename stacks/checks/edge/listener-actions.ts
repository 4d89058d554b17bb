import { block, blocks, type Values } from '../blocks.ts';
import type { Inventory, Resource } from '../inventory.ts';

/** The default actions of a listener, or the actions of a rule. */
export const actionsOf = ({ values }: Resource): Values[] => [
  ...blocks(values, 'default_action'),
  ...blocks(values, 'action'),
];

/** Whether a listener or one of its rules sends requests to a target group. */
export const forwardsTo = (listener: Resource, group: Resource, inventory: Inventory): boolean =>
  actionsOf(listener)
    .flatMap((action) => [
      action.target_group_arn,
      ...blocks(block(action, 'forward'), 'target_group').map(({ arn }) => arn),
    ])
    .some((arn) => inventory.named('aws_lb_target_group', arn, 'arn')?.address === group.address);
