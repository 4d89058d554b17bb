import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { Architecture } from '../environments/settings.ts';
import type { Tags } from '../foundation/tags.ts';
import { STOP_TIMEOUT_SECONDS } from './container-definition.ts';
import { RESERVED_MEMORY_MIB } from './instance-capacity.ts';

interface LaunchTemplateProps {
  name: string;
  names: Names;
  architecture: Architecture;
  profileArn: string;
  securityGroupId: string;
  volumeGib: number;
  tags: Tags;
}

/**
 * Amazon Linux 2023 with the ECS agent; support for Amazon Linux 2 ended on 2026-06-30. EC2 resolves the parameter at each start, so no plan
 * changes when AWS publishes an AMI, and a fleet gets it as its instances are replaced.
 */
const AMI: Record<Architecture, string> = {
  x86_64: 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  arm64: 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
};

/** How an instance of a fleet starts. */
export function createLaunchTemplate(scope: Construct, props: LaunchTemplateProps): LaunchTemplate {
  const { name, names, architecture, profileArn, securityGroupId, volumeGib } = props;
  // The provider's default tags do not reach instances of an auto scaling group (terraform-provider-aws #32328).
  const tags = { ...props.tags, Name: name };
  return new LaunchTemplate(scope, 'launch-template', {
    name,
    updateDefaultVersion: true,
    imageId: AMI[architecture],
    userData: Buffer.from(userData(names.cluster)).toString('base64'),
    iamInstanceProfile: { arn: profileArn },
    vpcSecurityGroupIds: [securityGroupId],
    ebsOptimized: 'true',
    // Metadata needs a token and is limited to one hop. Containers on Docker's bridge are two hops away, so they get their task's role and
    // never the instance's.
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      {
        deviceName: '/dev/xvda',
        ebs: { volumeType: 'gp3', volumeSize: volumeGib, encrypted: 'true', deleteOnTermination: 'true' },
      },
    ],
    tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({ resourceType, tags })),
  });
}

/** The settings of the ECS agent: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const userData = (cluster: string): string => `#!/bin/bash
cat >> /etc/ecs/ecs.config <<'CONFIG'
ECS_CLUSTER=${cluster}
ECS_CONTAINER_STOP_TIMEOUT=${STOP_TIMEOUT_SECONDS.worker}s
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
ECS_AWSVPC_BLOCK_IMDS=true
ECS_RESERVED_MEMORY=${RESERVED_MEMORY_MIB}
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m
CONFIG
`;
