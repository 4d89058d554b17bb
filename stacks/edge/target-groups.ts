import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { HEALTH_PATHS, SERVICES } from '../../shared/contracts/services.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { API_SERVICES, type ApiService } from '../environments/settings.ts';
import type { Network } from '../network/network.ts';

/** The slowest supported connection, about 1 Mbit/s: the largest image gets through within the time that an upload may take. */
const SLOWEST_BYTES_A_SECOND: number =
  LIMITS.syncUploadBytes / ENVIRONMENT.UPLOAD_TIMEOUT_SECONDS.validate(undefined).value;

/**
 * The size of an upload that a stopping task still finishes over the slowest connection: any photograph, and a part as clients send them; over
 * 4 Mbit/s the largest image. The load balancer cuts off what is larger and slower, and the client repeats that request: one part, or an image
 * by its Idempotency-Key. Waiting the full 15 minutes that an upload may take delayed every stop of a task: ECS waits out the whole delay,
 * because the load balancer keeps idle connections (docs.aws.amazon.com/AmazonECS/latest/developerguide/
 * load-balancer-connection-draining.html), and a rollout at maxTasks took hours (stacks/checks/compute/rollout-checks.ts).
 */
const KEPT_UPLOAD_BYTES = 25 * 1024 * 1024;

const KEPT_UPLOAD_SECONDS = Math.ceil(KEPT_UPLOAD_BYTES / SLOWEST_BYTES_A_SECOND);

/** A prefix has at most six characters. AWS adds a suffix, so that a new group can exist before the old one is taken out of its rules. */
const KINDS: Record<ApiService, { namePrefix: string; deregistrationDelay: number }> = {
  'sync-upload': { namePrefix: 'sync-', deregistrationDelay: KEPT_UPLOAD_SECONDS },
  'async-upload': { namePrefix: 'async-', deregistrationDelay: KEPT_UPLOAD_SECONDS },
  // Enough for an original over an average connection. An event stream ends with its task, and its client reconnects to another.
  download: { namePrefix: 'down-', deregistrationDelay: 120 },
};

/** Creates a target group for each service, in which tasks register by their own addresses. */
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
    // Request durations differ by three orders of magnitude, so round robin would pile long ones up on one task.
    loadBalancingAlgorithmType: 'least_outstanding_requests',
    healthCheck: {
      // Liveness and not readiness: during an outage of DynamoDB every task would be replaced again and again, and no client told why.
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
