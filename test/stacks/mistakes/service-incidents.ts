import type { Incidents } from './incident.ts';
import { container, set, setting } from './mistake.ts';

const GITHUB = 'https://github.com/';
const API = 'async-upload/service';
const WORKER = 'worker/service';
const TASK = 'async-upload/task';
const BACKLOG = 'worker/scaling-backlog';
const REQUESTS = 'async-upload/scaling-requests';
const LABEL = 'target_tracking_scaling_policy_configuration.predefined_metric_specification.resource_label';
const options = (mode: string) => ({
  logDriver: 'awslogs',
  options: { 'awslogs-group': '/image-service/prod/async-upload', 'awslogs-region': 'us-east-1', mode },
});

/** Public incidents with services, tasks and containers. */
export const SERVICE_INCIDENTS: Incidents = {
  platform: [
    [
      `${GITHUB}aws/aws-cdk/pull/32259`,
      'rebalancing of tasks that are packed onto instances',
      'IMG-SVC-103',
      set(WORKER, 'availability_zone_rebalancing', 'ENABLED'),
    ],
    [
      `${GITHUB}ansible-collections/community.aws/pull/2483`,
      'rebalancing that AWS switches on by default',
      'IMG-SVC-103',
      set(WORKER, 'availability_zone_rebalancing', undefined),
    ],
    [
      `${GITHUB}rocicorp/mono/pull/3830`,
      'a health check before a task listens',
      'IMG-SVC-105',
      set(API, 'health_check_grace_period_seconds', undefined),
    ],
    [
      `${GITHUB}terraform-aws-modules/terraform-aws-ecs/issues/325`,
      'an apply that treats a rollback as a success',
      'IMG-SVC-107',
      set(API, 'wait_for_steady_state', true),
    ],
    [
      `${GITHUB}hashicorp/terraform-provider-aws/issues/258`,
      'a revision that is deregistered before a rollback needs it',
      'IMG-TASK-101',
      set(TASK, 'skip_destroy', undefined),
    ],
    [
      `${GITHUB}lyft/metadataproxy/issues/82`,
      'a task on the network of its host',
      'IMG-TASK-102',
      set('worker/task', 'network_mode', 'host'),
    ],
    [
      `${GITHUB}aws/amazon-ecs-agent/issues/1088`,
      'a log driver that blocks its container',
      'IMG-CTR-101',
      container(TASK, { logConfiguration: options('blocking') }),
    ],
    [
      `${GITHUB}fleetdm/fleet/pull/3249`,
      '1,024 open files for thousands of connections',
      'IMG-CTR-103',
      container('sync-upload/task', { ulimits: [] }),
    ],
    [
      `${GITHUB}aws/amazon-ecs-agent/issues/852`,
      'a container without an init process',
      'IMG-CTR-104',
      container('worker/task', { linuxParameters: { capabilities: { drop: ['ALL'] } } }),
    ],
    [
      `${GITHUB}aws/amazon-ecs-agent/issues/843`,
      'a fixed host port',
      'IMG-CTR-106',
      container('worker/task', { portMappings: [{ containerPort: 8084, hostPort: 8084 }] }),
    ],
    [
      `${GITHUB}parse-community/parse-server/pull/5780`,
      'a health check by curl, which no image has',
      'IMG-CTR-108',
      container('worker/task', { healthCheck: { command: ['CMD-SHELL', 'curl -f http://127.0.0.1:8084/health'] } }),
    ],
    [
      `${GITHUB}cloudposse/terraform-aws-ecs-cloudwatch-autoscaling/pull/36`,
      'a scaling policy that is created before its target',
      'IMG-SCL-102',
      set(BACKLOG, 'resource_id', 'service/image-service-prod/image-service-prod-worker'),
    ],
    [
      `${GITHUB}terraform-aws-modules/terraform-aws-autoscaling/issues/192`,
      'a request metric without a resource label',
      'IMG-SCL-105',
      set(REQUESTS, LABEL, undefined),
    ],
    [
      `${GITHUB}hashicorp/terraform-provider-aws/issues/9734`,
      'a resource label the wrong way round',
      'IMG-SCL-105',
      set(
        REQUESTS,
        LABEL,
        `\${aws_lb_target_group.target-group-async-upload.arn_suffix}/\${aws_lb.load-balancer.arn_suffix}`,
      ),
    ],
    [
      `${GITHUB}aws/containers-roadmap/issues/1695`,
      'an endpoint without private DNS',
      'IMG-NET-110',
      setting('cdn.enabled', false),
      setting('network.egress', 'interface-endpoints'),
      set('logs-endpoint', 'private_dns_enabled', false),
    ],
  ],
};
