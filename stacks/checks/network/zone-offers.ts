import type { Architecture } from '../../environments/settings.ts';

/**
 * Regions in which Fargate runs Linux only in some zones, with these zones:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
 */
const FARGATE_ZONES: Record<string, readonly string[]> = {
  'us-west-1': ['usw1-az1', 'usw1-az3'],
  'ap-northeast-1': ['apne1-az1', 'apne1-az2', 'apne1-az4'],
};

/** Zones without arm64 on Fargate: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html */
const WITHOUT_ARM64: readonly string[] = ['use1-az3'];

/** Whether Fargate runs tasks of an architecture in a zone, according to AWS's documentation. */
export const hasFargate = (zone: string, region: string, architecture: Architecture): boolean =>
  (FARGATE_ZONES[region]?.includes(zone) ?? true) && !(architecture === 'arm64' && WITHOUT_ARM64.includes(zone));

/**
 * Zones that offer none of the types in instance-types.ts; other zones lack some. Recorded answers of DescribeInstanceTypeOfferings:
 * https://github.com/getmoto/moto/tree/5.2.1/moto/ec2/resources/instance_type_offerings/availability-zone-id
 */
const WITHOUT_INSTANCES: readonly string[] = ['use1-az3'];

export const hasInstances = (zone: string): boolean => !WITHOUT_INSTANCES.includes(zone);
