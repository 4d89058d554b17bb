import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { economyPartition } from '../../shared/contracts/table.ts';
import { ownedBy } from './environment-tags.ts';
import { allow, deny, type Statement } from './policy-document.ts';

/** What the state machine may do that switches economy mode: write the one item of the table, and cap the workers. */
export function switchStatements(deployment: Deployment): Statement[] {
  const { table } = arnsOf(deployment);
  return [
    allow('dynamodb:PutItem', table, {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [economyPartition] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }),
    ...scalingStatements(deployment),
  ];
}

/** Every action that writes items. Services have three of them; a transaction needs those of its members. */
const WRITES = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/**
 * What no service may do, whatever else it may do with the table: write the switch, which it only reads. Whoever takes a service over could otherwise
 * switch all of them. It is a Deny, because the partitions that services write have names of any ids and so no Allow can list them.
 */
export const switchStaysReadOnly = (table: string): Statement =>
  deny(WRITES, table, { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': [economyPartition] } });

function scalingStatements(deployment: Deployment): Statement[] {
  const { regional, service } = arnsOf(deployment);
  return [
    allow(
      [
        'application-autoscaling:DeleteScheduledAction',
        'application-autoscaling:PutScheduledAction',
        'application-autoscaling:RegisterScalableTarget',
      ],
      regional('application-autoscaling', 'scalable-target/*'),
      ownedBy(deployment.environment),
    ),
    // Application Auto Scaling checks that its caller may scale the service:
    // https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
    allow(['ecs:DescribeServices', 'ecs:UpdateService'], service('worker')),
  ];
}

/** What EventBridge may do: start the state machine. */
export const startStatements = (deployment: Deployment): Statement[] => [
  allow('states:StartExecution', arnsOf(deployment).economySwitch),
];

/** What the boundary must leave to both roles, beside PutItem, which it leaves to the services. */
export const economyStatements = (deployment: Deployment): Statement[] => [
  ...scalingStatements(deployment),
  ...startStatements(deployment),
];

/** The name of the role with which EventBridge starts the state machine. */
export const starterRole = (deployment: Deployment): string => `${namesOf(deployment).prefix}-economy-start`;
