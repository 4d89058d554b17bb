import { setFirst } from './by-type.ts';
import { container, type Mistake, set, setting, statement } from './mistake.ts';

const GROUP = 'worker-fleet/group';
const TEMPLATE = 'worker-fleet/launch-template';
const PROVIDER = 'worker-fleet/capacity-provider';
const ROOT = 'block_device_mappings.0';
const SCALING = 'auto_scaling_group_provider.managed_scaling';
const DISTRIBUTION = 'mixed_instances_policy.instances_distribution';

/** Mistakes in constructs of instances that only tests used to find. */
export const INSTANCE_MISTAKES: Mistake[] = [
  ['a maximum of instances that differs from the settings', 'IMG-SET-101', set(GROUP, 'max_size', 400)],
  [
    'a larger on-demand share than in the settings',
    'IMG-SET-101',
    set(GROUP, `${DISTRIBUTION}.on_demand_percentage_above_base_capacity`, 50),
  ],
  ['suspended scaling processes', 'IMG-ASG-103', set(GROUP, 'suspended_processes', ['Launch'])],
  [
    'on-demand types in the order of the list',
    'IMG-ASG-105',
    set(GROUP, `${DISTRIBUTION}.on_demand_allocation_strategy`, 'prioritized'),
  ],
  ['instances registered as targets', 'IMG-ASG-107', set(GROUP, 'target_group_arns', ['arn'])],
  ['instances that are destroyed after their cluster', 'IMG-ASG-109', set(GROUP, 'depends_on', [])],
  ['a gp2 volume', 'IMG-EC2-102', set(TEMPLATE, `${ROOT}.ebs.volume_type`, 'gp2')],
  ['an SSH key', 'IMG-EC2-106', set(TEMPLATE, 'key_name', 'team')],
  ['instances without a role', 'IMG-EC2-108', set(TEMPLATE, 'iam_instance_profile', undefined)],
  ['a warmup of five minutes a step', 'IMG-ECS-102', set(PROVIDER, `${SCALING}.instance_warmup_period`, 300)],
  [
    'an agent that may not poll for tasks',
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

/** Mistakes in constructs of services and their tasks. */
export const TASK_MISTAKES: Mistake[] = [
  ['a worker without permissions', 'IMG-IAM-104', statement('worker/task-role-policy', 'policy', 0, { Action: [] })],
  [
    'a download service that may delete',
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
    'a former fleet that never shrinks',
    'IMG-SET-101',
    setting('services.async-upload.capacity', {
      ...{ kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'arm64' },
      formerFleet: { instanceTypes: ['c7g.large', 'c8g.large'], architecture: 'arm64', maxInstances: 12 },
    }),
    set('async-upload-fleet/group', 'min_size', 2),
  ],
  ['a maximum of tasks that differs from the settings', 'IMG-SET-101', set('worker/scaling', 'max_capacity', 400)],
  [
    'a request target that differs from the settings',
    'IMG-SET-101',
    set('download/scaling-requests', `${TRACKING}.target_value`, 24),
  ],
  ['a latency that differs from the settings', 'IMG-SET-101', set(BACKLOG, `${TRACKING}.target_value`, 3000)],
  ['a budget that differs from the settings', 'IMG-SET-101', setFirst('budgets_budget', 'limit_amount', '1500000.0')],
  ['a cluster with another name', 'IMG-NAM-003', set('cluster', 'name', 'images')],
  ['a service with another name', 'IMG-NAM-004', set(API, 'name', 'async-upload')],
  ['a log group with another name', 'IMG-NAM-006', set('worker/log', 'name', '/ecs/worker')],
  ['a role with another name', 'IMG-NAM-007', set('worker/task-role', 'name', 'worker')],
  ['deployments that stop half of an API', 'IMG-SVC-101', set(API, 'deployment_minimum_healthy_percent', 50)],
  ['deployments that stop all workers at once', 'IMG-SVC-102', set(WORKER, 'deployment_minimum_healthy_percent', 0)],
  ['a zone that stays empty after an outage', 'IMG-SVC-104', set(API, 'availability_zone_rebalancing', 'DISABLED')],
  ['shell access to containers', 'IMG-SVC-106', set(API, 'enable_execute_command', true)],
  ['deployments by CodeDeploy', 'IMG-SVC-108', set(API, 'deployment_controller', { type: 'CODE_DEPLOY' })],
  ['a service as a daemon', 'IMG-SVC-109', set(WORKER, 'scheduling_strategy', 'DAEMON')],
  ['an API in one zone', 'IMG-SVC-110', set(API, 'ordered_placement_strategy', [{ type: 'binpack', field: 'memory' }])],
  ['a task that sees the processes of others', 'IMG-TASK-103', set(JOB, 'pid_mode', 'host')],
  ['a task without an execution role', 'IMG-TASK-104', set(TASK, 'execution_role_arn', undefined)],
  ['a task without a task role', 'IMG-TASK-105', set(TASK, 'task_role_arn', undefined)],
  ['a container that is not essential', 'IMG-CTR-102', container(TASK, { essential: false })],
  ['a container with capabilities of root', 'IMG-CTR-105', container(JOB, { linuxParameters: capabilities })],
  ['a worker without a health check', 'IMG-CTR-107', container(JOB, { healthCheck: undefined })],
  ['a container larger than its task', 'IMG-CTR-109', container(TASK, { memory: 4096 })],
  [
    'a log in another region',
    'IMG-CTR-110',
    container(TASK, {
      logConfiguration: { logDriver: 'awslogs', options: { mode: 'non-blocking', 'awslogs-region': 'eu-west-1' } },
    }),
  ],
  ['scaling that never scales in', 'IMG-SCL-101', set(BACKLOG, `${TRACKING}.disable_scale_in`, true)],
  [
    'a scalable dimension of another AWS service',
    'IMG-SCL-103',
    set('worker/scaling', 'scalable_dimension', 'ec2:instance:Count'),
  ],
  ['tasks that stop between two bursts', 'IMG-SCL-104', set(BACKLOG, `${TRACKING}.scale_in_cooldown`, 0)],
  [
    'a cluster without the Fargate capacity provider',
    'IMG-ECS-103',
    set('capacity', 'capacity_providers.0', 'FARGATE_SPOT'),
  ],
  [
    'an agent that may not pull images',
    'IMG-IAM-103',
    statement('worker/execution-role-policy', 'policy', 1, { Action: ['ecr:BatchGetImage'] }),
  ],
  ['a service whose port is closed', 'IMG-NET-209', set('async-upload/requests-in', 'from_port', 80)],
  ['a connection allowed at one end only', 'IMG-NET-208', set('async-upload/requests-out', 'to_port', 80)],
  ['a role without a permissions boundary', 'IMG-IAM-101', set('worker/task-role', 'permissions_boundary', undefined)],
  ['a silenced alarm', 'IMG-OBS-101', set('alarms/worker/dead-letters', 'actions_enabled', false)],
  ['a yearly budget', 'IMG-OBS-103', setFirst('budgets_budget', 'time_unit', 'ANNUALLY')],
  ['a budget in gigabytes', 'IMG-OBS-104', setFirst('budgets_budget', 'limit_unit', 'GB')],
  ['logs without metrics', 'IMG-LOG-101', set('worker/log', 'log_group_class', 'INFREQUENT_ACCESS')],
  [
    'spot interruptions that are not recorded',
    'IMG-OBS-102',
    set('worker-fleet/spot-interruption', 'state', 'DISABLED'),
  ],
];
