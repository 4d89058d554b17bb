import type { Architecture } from '../../environments/settings.ts';

/**
 * Zones of a region that Fargate runs Linux in, where they are not all of them:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
 */
const ONLY: Record<string, readonly string[]> = {
  'us-west-1': ['usw1-az1', 'usw1-az3'],
  'ap-northeast-1': ['apne1-az1', 'apne1-az2', 'apne1-az4'],
};

/** Zones without arm64 on Fargate: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html */
const WITHOUT_ARM64: readonly string[] = ['use1-az3'];

/** Whether Fargate runs tasks of an architecture in a zone, as far as AWS says so in its documentation. */
export const hasFargate = (zone: string, region: string, architecture: Architecture): boolean =>
  (ONLY[region]?.includes(zone) ?? true) && !(architecture === 'arm64' && WITHOUT_ARM64.includes(zone));

/**
 * Zones without any of the types in instance-types.ts; others lack some. What DescribeInstanceTypeOfferings answered, zone by zone:
 * https://github.com/getmoto/moto/tree/5.2.1/moto/ec2/resources/instance_type_offerings/availability-zone-id
 */
const WITHOUT_INSTANCES: readonly string[] = ['use1-az3'];

export const hasInstances = (zone: string): boolean => !WITHOUT_INSTANCES.includes(zone);
