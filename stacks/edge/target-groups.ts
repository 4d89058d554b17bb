import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { HEALTH_PATHS, SERVICES } from '../../shared/contracts/services.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { ApiService } from '../environments/settings.ts';
import type { Network } from '../network/network.ts';

export const API_SERVICES = ['sync-upload', 'async-upload', 'download'] as const satisfies ApiService[];

/** The slowest line that a service reckons with: the largest image comes through it in the time that an upload may take. 1 Mbit/s. */
const SLOWEST_BYTES_A_SECOND: number =
  LIMITS.syncUploadBytes / ENVIRONMENT.UPLOAD_TIMEOUT_SECONDS.validate(undefined).value;

/**
 * What a task that is to go still takes in over that line: any photograph, and a part as clients send them; over 4 Mbit/s the largest
 * image. For what is larger and slower the load balancer ends the connection, and its client sends that request again: a part alone, an
 * image by its Idempotency-Key. To wait for all that is allowed, 15 minutes, held up every stop of a task: ECS waits out the whole delay,
 * because the load balancer keeps connections that are idle (docs.aws.amazon.com/AmazonECS/latest/developerguide/
 * load-balancer-connection-draining.html), and a rollout at maxTasks took hours (stacks/checks/compute/rollout-checks.ts).
 */
const KEPT_UPLOAD_BYTES = 25 * 1024 * 1024;

const KEPT_UPLOAD_SECONDS = Math.ceil(KEPT_UPLOAD_BYTES / SLOWEST_BYTES_A_SECOND);

/** Six characters at most: AWS adds the rest, so that a new group can be there before the old one is taken from its rules. */
const KINDS: Record<ApiService, { namePrefix: string; deregistrationDelay: number }> = {
  'sync-upload': { namePrefix: 'sync-', deregistrationDelay: KEPT_UPLOAD_SECONDS },
  'async-upload': { namePrefix: 'async-', deregistrationDelay: KEPT_UPLOAD_SECONDS },
  // Enough for an original over a middling line. A stream of events ends with its task, and its client comes back to another.
  download: { namePrefix: 'down-', deregistrationDelay: 120 },
};

/** A target group for each service, whose tasks register by their own addresses. */
export const createTargetGroups = (scope: Construct, network: Pick<Network, 'vpcId'>) =>
  Object.fromEntries(API_SERVICES.map((service) => [service, createTargetGroup(scope, service, network)])) as Record<
    ApiService,
    LbTargetGroup
  >;

function createTargetGroup(scope: Construct, service: ApiService, { vpcId }: Pick<Network, 'vpcId'>): LbTargetGroup {
  const { namePrefix, deregistrationDelay } = KINDS[service];
  return new LbTargetGroup(scope, `target-group-${service}`, {
    namePrefix,
    vpcId,
    targetType: 'ip',
    protocol: 'HTTP',
    port: SERVICES[service].port,
    deregistrationDelay: String(deregistrationDelay),
    // Uploads and downloads differ by three orders of magnitude: taking turns would pile the long ones up on one task.
    loadBalancingAlgorithmType: 'least_outstanding_requests',
    healthCheck: {
      // Not readiness: when DynamoDB is out, every task would be taken away and replaced for ever, and nobody would be told why.
      path: HEALTH_PATHS.liveness,
      protocol: 'HTTP',
      matcher: '200',
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
    lifecycle: { createBeforeDestroy: true },
    tags: { Service: service },
  });
}
