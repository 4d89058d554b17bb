/** A limit of AWS for one resource, or for an account, that a workload can reach. */
export interface AwsQuota {
  limit: number;
  /** What the limit counts, and of what, as a sentence names it. */
  unit: string;
  /** Whether AWS raises it when asked to. */
  isAdjustable: boolean;
  source: string;
  /** The day on which the source said so, as YYYY-MM-DD. */
  read: string;
}

const READ = '2026-11-30';
const CLOUDFRONT = 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html';
const DYNAMODB =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode-max-throughput.html';
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html';

/**
 * Limits of a new account. The load balancer has none of its own in capacity units: it grows with the load, and only reserved units are limited.
 * S3 divides a prefix when it is asked for more for some time, and answers 503 until it has.
 */
export const AWS_QUOTAS = {
  cdnRequests: {
    limit: 250_000,
    unit: 'requests a second to a distribution of CloudFront',
    ...{ isAdjustable: true, source: CLOUDFRONT, read: READ },
  },
  cdnGigabits: {
    limit: 150,
    unit: 'gigabits a second from a distribution of CloudFront',
    ...{ isAdjustable: true, source: CLOUDFRONT, read: READ },
  },
  loadBalancerTargets: {
    limit: 1000,
    unit: 'tasks behind a load balancer',
    ...{ isAdjustable: true, read: READ },
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html',
  },
  clusterInstances: {
    limit: 5000,
    unit: 'instances in a cluster of ECS',
    ...{ isAdjustable: true, read: READ },
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-service-quotas.html',
  },
  tableWrites: {
    limit: 40_000,
    unit: 'write units a second to a table of DynamoDB',
    ...{ isAdjustable: true, source: DYNAMODB, read: READ },
  },
  tableReads: {
    limit: 40_000,
    unit: 'read units a second from a table of DynamoDB',
    ...{ isAdjustable: true, source: DYNAMODB, read: READ },
  },
  prefixWrites: {
    limit: 3500,
    unit: 'writes a second below one prefix of S3',
    ...{ isAdjustable: false, source: S3, read: READ },
  },
  prefixReads: {
    limit: 5500,
    unit: 'reads a second below one prefix of S3',
    ...{ isAdjustable: false, source: S3, read: READ },
  },
  messagesInFlight: {
    limit: 120_000,
    unit: 'messages of a queue of SQS in work at a time',
    ...{ isAdjustable: true, read: READ },
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html',
  },
} as const satisfies Record<string, AwsQuota>;

export type AwsQuotaName = keyof typeof AWS_QUOTAS;
