import { accountNames, arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { ORIGIN_SECRET } from '../edge/origin-secret.ts';
import type { Account } from '../foundation/account.ts';
import { ENVIRONMENT_STATES } from '../foundation/state-backend.ts';
import { allow, type Statement } from './policy-document.ts';
import { platformReadingStatements } from './reading-permissions.ts';

/** The parameters that a plan reads: digests of images, and the CDN's secret, which is in the state anyway. API keys are not among them. */
export function parameterStatements(deployment: Deployment): Statement[] {
  const { imageParameter, secretParameter } = namesOf(deployment);
  const { parameter } = arnsOf(deployment);
  const read = [imageParameter('*'), secretParameter(ORIGIN_SECRET)].map(parameter);
  return [allow(['ssm:GetParameter', 'ssm:GetParameters'], read)];
}

/**
 * The permissions to plan main: reading the platforms of all environments, and holding the lock meanwhile. For storage stacks it may read only
 * the states, enough for `terraform plan -refresh=false`, because checking that a bucket exists needs the permission to list its content.
 */
export function planStatements(account: Account): Statement[] {
  const everywhere = { ...account, environment: '*' };
  const state = `arn:aws:s3:::${accountNames(account).stateBucket}`;
  return [
    ...platformReadingStatements(everywhere),
    ...parameterStatements(everywhere),
    allow('s3:ListBucket', state),
    allow('s3:GetObject', `${state}/${ENVIRONMENT_STATES}*`),
    allow(['s3:PutObject', 's3:DeleteObject'], `${state}/${ENVIRONMENT_STATES}*.tflock`),
  ];
}
