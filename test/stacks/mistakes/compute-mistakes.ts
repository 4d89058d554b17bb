import { first } from './by-type.ts';
import { container, type Mistake, set, setting, statement } from './mistake.ts';

const GROUP = 'worker-fleet/group';
const TEMPLATE = 'worker-fleet/launch-template';
const PROVIDER = 'worker-fleet/capacity-provider';
const ROOT = 'block_device_mappings.0';
const SCALING = 'auto_scaling_group_provider.managed_scaling';
const DISTRIBUTION = 'mixed_instances_policy.instances_distribution';

/** In constructs of instances: let through until somebody ran the tests. */
export const INSTANCE_MISTAKES: Mistake[] = [
  ['another maximum than that of the settings', 'IMG-SET-101', set(GROUP, 'max_size', 400)],
  [
    'more on demand than is said',
    'IMG-SET-101',
    set(GROUP, `${DISTRIBUTION}.on_demand_percentage_above_base_capacity`, 50),
  ],
  ['processes that stay suspended', 'IMG-ASG-103', set(GROUP, 'suspended_processes', ['Launch'])],
  [
    'on-demand types in the order of a list',
    'IMG-ASG-105',
    set(GROUP, `${DISTRIBUTION}.on_demand_allocation_strategy`, 'prioritized'),
  ],
  ['instances as targets', 'IMG-ASG-107', set(GROUP, 'target_group_arns', ['arn'])],
  ['instances that outlive their cluster', 'IMG-ASG-109', set(GROUP, 'depends_on', [])],
  ['a volume of gp2', 'IMG-EC2-102', set(TEMPLATE, `${ROOT}.ebs.volume_type`, 'gp2')],
  ['a key to log in with', 'IMG-EC2-106', set(TEMPLATE, 'key_name', 'team')],
  ['instances without a role', 'IMG-EC2-108', set(TEMPLATE, 'iam_instance_profile', undefined)],
  ['five minutes a step', 'IMG-ECS-102', set(PROVIDER, `${SCALING}.instance_warmup_period`, 300)],
  [
    'an agent that may not ask for work',
    'IMG-IAM-102',
    statement('worker-fleet/instance-role-policy', 'policy', 1, { Action: ['ecs:StartTelemetrySession'] }),
  ],
];

const API = 'async-upload/service';
const WORKER = 'worker/service';
const TASK = 'async-upload/task';
const JOB = 'worker/task';
const BACKLOG = 'worker/scaling-backlog';
const TRACKING = 'target_tracking_scaling_policy_configuration';
const capabilities = { initProcessEnabled: true, capabilities: { drop: ['NET_RAW'] } };

/** In constructs of services and their tasks. */
export const TASK_MISTAKES: Mistake[] = [
  [
    'a worker that may not say it works',
    'IMG-IAM-104',
    statement('worker/task-role-policy', 'policy', 0, { Action: [] }),
  ],
  [
    'a download that may delete',
    'IMG-IAM-104',
    statement('download/task-role-policy', 'policy', 0, { Action: ['s3:GetObject', 's3:DeleteObject'] }),
  ],
  [
    'secrets that ECS may not read',
    'IMG-IAM-105',
    container('download/task', {
      secrets: [{ name: 'API_KEYS', valueFrom: 'arn:aws:ssm:us-east-1:111122223333:parameter/other' }],
    }),
  ],
  [
    'a fleet that its service has left and that never shrinks',
    'IMG-SET-101',
    setting('services.async-upload.capacity', {
      ...{ kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'arm64' },
      formerFleet: { instanceTypes: ['c7g.large', 'c8g.large'], architecture: 'arm64', maxInstances: 12 },
    }),
    set('async-upload-fleet/group', 'min_size', 2),
  ],
  ['tasks without end', 'IMG-SET-101', set('worker/scaling', 'max_capacity', 400)],
  ['requests of another mark', 'IMG-SET-101', set('download/scaling-requests', `${TRACKING}.target_value`, 24)],
  ['a wait of its own', 'IMG-SET-101', set(BACKLOG, `${TRACKING}.target_value`, 3000)],
  ['a budget that nobody agreed to', 'IMG-SET-101', first('budgets_budget', 'limit_amount', '1500000.0')],
  ['a cluster that instances do not join', 'IMG-NAM-003', set('cluster', 'name', 'images')],
  ['a service that nobody may deploy', 'IMG-NAM-004', set(API, 'name', 'async-upload')],
  ['a log that nobody may write', 'IMG-NAM-006', set('worker/log', 'name', '/ecs/worker')],
  ['a role that nobody may make', 'IMG-NAM-007', set('worker/task-role', 'name', 'worker')],
  ['an API of half its tasks', 'IMG-SVC-101', set(API, 'deployment_minimum_healthy_percent', 50)],
  ['workers that all go at once', 'IMG-SVC-102', set(WORKER, 'deployment_minimum_healthy_percent', 0)],
  ['a zone that stays empty', 'IMG-SVC-104', set(API, 'availability_zone_rebalancing', 'DISABLED')],
  ['a shell in containers', 'IMG-SVC-106', set(API, 'enable_execute_command', true)],
  ['deployments of another service', 'IMG-SVC-108', set(API, 'deployment_controller', { type: 'CODE_DEPLOY' })],
  ['a daemon', 'IMG-SVC-109', set(WORKER, 'scheduling_strategy', 'DAEMON')],
  ['an API in one zone', 'IMG-SVC-110', set(API, 'ordered_placement_strategy', [{ type: 'binpack', field: 'memory' }])],
  ['processes of others', 'IMG-TASK-103', set(JOB, 'pid_mode', 'host')],
  ['a task that nobody can start', 'IMG-TASK-104', set(TASK, 'execution_role_arn', undefined)],
  ['a task with the role of its agent', 'IMG-TASK-105', set(TASK, 'task_role_arn', undefined)],
  ['a container that may end', 'IMG-CTR-102', container(TASK, { essential: false })],
  ['capabilities of root', 'IMG-CTR-105', container(JOB, { linuxParameters: capabilities })],
  ['a worker that hangs', 'IMG-CTR-107', container(JOB, { healthCheck: undefined })],
  ['a container larger than its task', 'IMG-CTR-109', container(TASK, { memory: 4096 })],
  [
    'a log in another region',
    'IMG-CTR-110',
    container(TASK, {
      logConfiguration: { logDriver: 'awslogs', options: { mode: 'non-blocking', 'awslogs-region': 'eu-west-1' } },
    }),
  ],
  ['scaling that never shrinks', 'IMG-SCL-101', set(BACKLOG, `${TRACKING}.disable_scale_in`, true)],
  ['a dimension of another service', 'IMG-SCL-103', set('worker/scaling', 'scalable_dimension', 'ec2:instance:Count')],
  ['tasks that go between two bursts', 'IMG-SCL-104', set(BACKLOG, `${TRACKING}.scale_in_cooldown`, 0)],
  ['a cluster without Fargate', 'IMG-ECS-103', set('capacity', 'capacity_providers.0', 'FARGATE_SPOT')],
  [
    'an agent that may not pull',
    'IMG-IAM-103',
    statement('worker/execution-role-policy', 'policy', 1, { Action: ['ecr:BatchGetImage'] }),
  ],
  ['a service that nobody reaches', 'IMG-NET-209', set('async-upload/requests-in', 'from_port', 80)],
  ['a connection with one end', 'IMG-NET-208', set('async-upload/requests-out', 'to_port', 80)],
  ['a role beyond the boundary', 'IMG-IAM-101', set('worker/task-role', 'permissions_boundary', undefined)],
  ['alarms that somebody silenced', 'IMG-OBS-101', set('alarms/worker/dead-letters', 'actions_enabled', false)],
  ['a budget of a year', 'IMG-OBS-103', first('budgets_budget', 'time_unit', 'ANNUALLY')],
  ['a budget of requests', 'IMG-OBS-104', first('budgets_budget', 'limit_unit', 'GB')],
  ['logs without metrics', 'IMG-LOG-101', set('worker/log', 'log_group_class', 'INFREQUENT_ACCESS')],
  ['interruptions that nobody records', 'IMG-OBS-102', set('worker-fleet/spot-interruption', 'state', 'DISABLED')],
];
