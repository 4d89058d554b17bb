import { APP, accountNames } from '../../shared/contracts/naming.ts';
import type { AccountSettings } from '../environments/settings.ts';
import type { Statement } from './policy-document.ts';
import { ENVIRONMENT_STATES } from './state-backend.ts';

/** What the stacks look up wherever they are planned: instances of fleets, and the addresses of CloudFront. AWS knows no resource for it. */
const LOOKED_UP = ['ec2:DescribeInstances', 'ec2:DescribeManagedPrefixLists'];

/**
 * What the plan of a pull request may do: read the states of `previewEnvironments` and what stacks look up. Enough for
 * `terraform plan -refresh=false -lock=false`, which compares with the state. Descriptions are left out, because those of listener rules and of
 * distributions hold the secret of the CDN, and a look at whether a bucket is there is the right to list what is in it.
 */
export function previewStatements({ accountId, region, previewEnvironments }: AccountSettings): Statement[] {
  const state = `arn:aws:s3:::${accountNames({ accountId, region }).stateBucket}`;
  const prefixes = previewEnvironments.map((name) => `${ENVIRONMENT_STATES}${name}/`);
  const digests = previewEnvironments.map(
    (name) => `arn:aws:ssm:${region}:${accountId}:parameter/${APP}/${name}/images/*`,
  );
  return [
    { Effect: 'Allow', Action: LOOKED_UP, Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'ec2:GetManagedPrefixListEntries',
      Resource: `arn:aws:ec2:${region}:aws:prefix-list/*`,
    },
    { Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParameters'], Resource: digests },
    // Names of states: Terraform looks for workspaces.
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: state },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: prefixes.map((prefix) => `${state}/${prefix}*`) },
  ];
}
