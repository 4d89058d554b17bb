import { APP, accountNames } from '../../shared/contracts/names.ts';
import type { AccountSettings } from '../environments/settings.ts';
import { ENVIRONMENT_STATES } from '../foundation/state-backend.ts';
import { allow, type Statement } from './policy-document.ts';

/** Data sources that every plan reads: instances of fleets, and the addresses of CloudFront. These actions support no resource. */
const LOOKED_UP = ['ec2:DescribeInstances', 'ec2:DescribeManagedPrefixLists'];

/**
 * The permissions to plan a pull request: reading the states of `previewEnvironments` and the stacks' data sources. That is enough for
 * `terraform plan -refresh=false -lock=false`, which compares with the state. Resource descriptions are excluded, because those of listener rules
 * and distributions contain the CDN's secret, and because checking that a bucket exists needs the permission to list its content.
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
    // Terraform lists the names of states to find workspaces.
    allow('s3:ListBucket', state),
    // IAM refuses a statement without resources.
    ...(previewEnvironments.length > 0
      ? [allow(['ssm:GetParameter', 'ssm:GetParameters'], digests), allow('s3:GetObject', states)]
      : []),
  ];
}
