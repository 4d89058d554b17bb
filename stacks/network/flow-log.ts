import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';

interface FlowLogProps {
  vpc: Vpc;
  names: Names;
  /** How long flow logs are kept; 0 means that there are none. */
  days: number;
}

/** Records every connection in the network, so that an incident can be reconstructed. */
export function createFlowLog(scope: Construct, { vpc, names, days }: FlowLogProps): void {
  if (days === 0) return;
  const group = new CloudwatchLogGroup(scope, 'flow-log-group', {
    name: names.logGroup('flow-logs'),
    retentionInDays: days,
  });
  const role = new IamRole(scope, 'flow-log-role', {
    name: `${names.prefix}-flow-logs`,
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Action: 'sts:AssumeRole',
          // Flow logs of another account cannot make the service use this role.
          Condition: { StringEquals: { 'aws:SourceAccount': vpc.ownerId } },
        },
      ],
    }),
  });
  const policy = new IamRolePolicy(scope, 'flow-log-policy', {
    role: role.id,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          Resource: `${group.arn}:*`,
        },
        // This action cannot be limited to a resource.
        { Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
      ],
    }),
  });
  new FlowLog(scope, 'flow-log', {
    vpcId: vpc.id,
    trafficType: 'ALL',
    logDestinationType: 'cloud-watch-logs',
    logDestination: group.arn,
    iamRoleArn: role.arn,
    dependsOn: [policy],
    tags: { Name: names.prefix },
  });
}
