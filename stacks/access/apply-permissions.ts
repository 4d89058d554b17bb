import { APP, accountNames, arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { stateKey } from '../foundation/state-backend.ts';
import { computeStatements } from './compute-permissions.ts';
import { edgeStatements } from './edge-permissions.ts';
import { networkStatements } from './network-permissions.ts';
import { observabilityStatements } from './observability-permissions.ts';
import { parameterStatements } from './plan-permissions.ts';
import { allow, type Statement } from './policy-document.ts';
import { platformReadingStatements } from './reading-permissions.ts';
import { roleStatements } from './role-permissions.ts';
import { storageReadingStatements, storageStatements } from './storage-permissions.ts';

/**
 * The permissions to apply one environment: reading, keeping its states, changing its resources, and rolling back its images. They are split into several policies,
 * because IAM allows 6,144 characters in one.
 */
export const applyPolicies = (deployment: Deployment): Record<string, Statement[]> => ({
  reading: platformReadingStatements(deployment),
  network: networkStatements(deployment),
  compute: computeStatements(deployment),
  edge: edgeStatements(deployment),
  watching: observabilityStatements(deployment),
  storage: [...storageReadingStatements(deployment), ...storageStatements(deployment), ...stateStatements(deployment)],
  roles: [
    ...roleStatements(deployment),
    ...parameterStatements(deployment),
    ...templateStatements(deployment),
    ...rollbackStatements(deployment),
  ],
});

function stateStatements(deployment: Deployment): Statement[] {
  const state = `arn:aws:s3:::${accountNames(deployment).stateBucket}`;
  const own = `${state}/${stateKey(deployment.environment, '*')}`;
  return [
    allow('s3:ListBucket', state),
    allow(['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], [own, `${own}.tflock`]),
  ];
}

/** Instances start from the AMI that this public parameter names. */
const templateStatements = ({ region }: Deployment): Statement[] => [
  allow('ssm:GetParameters', `arn:aws:ssm:${region}::parameter/aws/service/ecs/*`),
];

/** A rollback records the digests of before, if their images are still there, and then applies. */
const rollbackStatements = (deployment: Deployment): Statement[] => [
  allow('ssm:PutParameter', arnsOf(deployment).parameter(namesOf(deployment).imageParameter('*'))),
  allow('ecr:DescribeImages', `arn:aws:ecr:${deployment.region}:${deployment.accountId}:repository/${APP}/*`),
];
