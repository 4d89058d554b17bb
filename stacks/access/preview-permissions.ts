import { APP, accountNames } from '../../shared/contracts/names.ts';
import type { AccountSettings } from '../environments/settings.ts';
import { ENVIRONMENT_STATES } from '../foundation/state-backend.ts';
import { allow, type Statement } from './policy-document.ts';

/** What the stacks look up wherever they are planned: instances of fleets, and the addresses of CloudFront. AWS knows no resource for it. */
const LOOKED_UP = ['ec2:DescribeInstances', 'ec2:DescribeManagedPrefixLists'];

/**
 * What the plan of a pull request may do: read the states of `previewEnvironments` and what stacks look up. Enough for
 * `terraform plan -refresh=false -lock=false`, which compares with the state. Descriptions are left out, because those of listener rules and of
 * distributions hold the secret of the CDN, and a look at whether a bucket is there is the right to list what is in it.
 */
export function previewStatements({ accountId, region, previewEnvironments }: AccountSettings): Statement[] {
  const state = `arn:aws:s3:::${accountNames({ accountId, region }).stateBucket}`;
  const states = previewEnvironments.map((name) => `${state}/${ENVIRONMENT_STATES}${name}/*`);
  const digests = previewEnvironments.map(
    (name) => `arn:aws:ssm:${region}:${accountId}:parameter/${APP}/${name}/images/*`,
  );
  return [
    allow(LOOKED_UP, '*'),
    allow('ec2:GetManagedPrefixListEntries', `arn:aws:ec2:${region}:aws:prefix-list/*`),
    // Names of states: Terraform looks for workspaces.
    allow('s3:ListBucket', state),
    // IAM refuses a statement of no resource.
    ...(previewEnvironments.length > 0
      ? [allow(['ssm:GetParameter', 'ssm:GetParameters'], digests), allow('s3:GetObject', states)]
      : []),
  ];
}
