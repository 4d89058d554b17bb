import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { policyDocument, type Statement } from '../access/policy-document.ts';

export interface InstanceRole {
  profileArn: string;
  policy: ITerraformDependable;
}

/**
 * The role of a fleet's instances, limited to what the ECS agent does in this cluster. AWS's AmazonEC2ContainerServiceforEC2Role allows that in
 * every cluster, and also allows pulling every image and writing every log, which the execution roles do here.
 */
export function createInstanceRole(
  scope: Construct,
  { name, deployment }: { name: string; deployment: Deployment },
): InstanceRole {
  const role = new IamRole(scope, 'instance-role', {
    name: `${name}-instance`,
    description: 'What the ECS agent may do on an instance',
    assumeRolePolicy: policyDocument({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  });
  const policy = new IamRolePolicy(scope, 'instance-role-policy', {
    name: 'ecs-agent',
    role: role.name,
    policy: policyDocument(...agentStatements(deployment)),
  });
  const profile = new IamInstanceProfile(scope, 'instance-profile', { name: `${name}-instance`, role: role.name });
  return { profileArn: profile.arn, policy };
}

function agentStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { cluster } = arnsOf(deployment);
  const instances = `arn:aws:ecs:${region}:${accountId}:container-instance/${namesOf(deployment).cluster}/*`;
  return [
    {
      Effect: 'Allow',
      Action: [
        'ecs:RegisterContainerInstance',
        'ecs:DeregisterContainerInstance',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
        'ecs:SubmitAttachmentStateChanges',
      ],
      Resource: [cluster],
    },
    {
      Effect: 'Allow',
      Action: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      Resource: [instances],
      Condition: { ArnEquals: { 'ecs:cluster': cluster } },
    },
    // This is called before the instance is registered; ECS supports no resource for this action.
    { Effect: 'Allow', Action: ['ecs:DiscoverPollEndpoint'], Resource: ['*'] },
  ];
}
