import { accountNames, arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { ORIGIN_SECRET } from '../edge/origin-secret.ts';
import type { Account } from '../foundation/account.ts';
import { ENVIRONMENT_STATES } from '../foundation/state-backend.ts';
import { allow, type Statement } from './policy-document.ts';
import { platformReadingStatements } from './reading-permissions.ts';

/** Parameters that a plan reads: digests of images, and what the CDN proves itself with, which is in the state anyway. Not the keys of users. */
export function parameterStatements(deployment: Deployment): Statement[] {
  const { imageParameter, secretParameter } = namesOf(deployment);
  const { parameter } = arnsOf(deployment);
  const read = [imageParameter('*'), secretParameter(ORIGIN_SECRET)].map(parameter);
  return [allow(['ssm:GetParameter', 'ssm:GetParameters'], read)];
}

/**
 * What a plan of main may do: look at the platforms of all environments, and hold the lock while it looks. Of storages it has the states alone,
 * enough for `terraform plan -refresh=false`: a look whether a bucket is there is the right to list what is in it.
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
