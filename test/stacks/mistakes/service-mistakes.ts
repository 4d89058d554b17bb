import { container, type Mistake, set, setting, variable } from './mistake.ts';

const TASK = 'worker/task';
const SERVICE = 'worker/service';
const TEMPLATE = 'worker-fleet/launch-template';
const API = 'async-upload/service';
const BACKLOG = 'worker/scaling-backlog';
const spec = (argument: string) =>
  `target_tracking_scaling_policy_configuration.customized_metric_specification.${argument}`;
const raw = { metric_name: 'ApproximateNumberOfMessagesVisible', namespace: 'AWS/SQS', statistic: 'Average' };
const SPECIFICATION = spec('').slice(0, -1);

export const SERVICE_MISTAKES: Mistake[] = [
  ['a size that Fargate does not have', 'IMG-TASK-001', setting('services.sync-upload.capacity.memory', 9000)],
  ['a task larger than its instance', 'IMG-TASK-002', set(TASK, 'memory', '8192')],
  ['a task with more CPU than its instance', 'IMG-TASK-002', set(TASK, 'cpu', '8192')],
  [
    'more tasks than network interfaces',
    'IMG-TASK-003',
    setting('services.async-upload.capacity.cpu', 256),
    setting('services.async-upload.capacity.memory', 512),
  ],
  ['an x86 task on Graviton', 'IMG-TASK-004', set('async-upload/task', 'runtime_platform.cpu_architecture', 'X86_64')],
  [
    'container definitions that are unknown at synth',
    'IMG-TASK-005',
    set(TASK, 'container_definitions', `\${file("containers.json")}`),
  ],
  ['a stop timeout longer than the spot notice', 'IMG-CTR-001', container(TASK, { stopTimeout: 600 })],
  ['a stop timeout longer than Fargate allows', 'IMG-CTR-001', container('sync-upload/task', { stopTimeout: 300 })],
  ['a stop timeout shorter than the drain', 'IMG-CTR-002', container(TASK, { stopTimeout: 60 })],
  ['the default stop timeout for workers', 'IMG-CTR-002', container(TASK, { stopTimeout: undefined })],
  ['an image with the tag :latest', 'IMG-CTR-003', container(TASK, { image: 'registry.example/worker:latest' })],
  ['an image without a tag', 'IMG-CTR-003', container(TASK, { image: 'registry.example:5000/worker' })],
  ['a secret in the environment', 'IMG-CTR-004', variable('sync-upload/task', 'API_KEYS', 'k1')],
  ['keys for signed links in the environment', 'IMG-CTR-004', variable('download/task', 'LINK_KEYS', 'k1')],
  ['a key of another kind in the environment', 'IMG-CTR-004', variable(TASK, 'SIGNING_KEY', 'k1')],
  ['a key in a harmless variable', 'IMG-CTR-004', variable(TASK, 'METRICS', 'AKIAIOSFODNN7EXAMPLE')],
  ['a writable root file system', 'IMG-CTR-005', container(TASK, { readonlyRootFilesystem: false })],
  ['a privileged container', 'IMG-CTR-006', container(TASK, { privileged: true })],
  ['a container that runs as root', 'IMG-CTR-007', container(TASK, { user: '0:0' })],
  ['the default user of the image', 'IMG-CTR-007', container(TASK, { user: undefined })],
  ['a misspelt variable', 'IMG-CTR-008', variable(TASK, 'IMAGE_TABEL_NAME', 'x')],
  ['a missing variable', 'IMG-CTR-008', variable(TASK, 'PROCESSING_QUEUE_URL')],
  ['a container that writes no log', 'IMG-CTR-009', container(TASK, { logConfiguration: undefined })],
  [
    'a log group that the stack does not have',
    'IMG-CTR-010',
    container(TASK, { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/mine' } } }),
  ],
  ['more processes than fit into memory', 'IMG-CTR-011', variable(TASK, 'WORKER_PROCESSES', '16')],
  ['more messages than fit on the disk', 'IMG-CTR-013', variable(TASK, 'WORKER_CONCURRENCY', '16')],
  ['a volume with room only for the AMI', 'IMG-CTR-013', set(TEMPLATE, 'block_device_mappings.0.ebs.volume_size', 30)],
  ['a work folder that is not writable', 'IMG-CTR-012', container(TASK, { mountPoints: [] })],
  ['no room for a deployment', 'IMG-SVC-001', set(API, 'deployment_maximum_percent', 100)],
  ['a deployment without a circuit breaker', 'IMG-SVC-002', set(API, 'deployment_circuit_breaker', undefined)],
  ['a capacity provider strategy that cannot change', 'IMG-SVC-003', set(API, 'force_new_deployment', false)],
  [
    'a launch type instead of capacity providers',
    'IMG-SVC-004',
    set(API, 'capacity_provider_strategy', undefined),
    set(API, 'launch_type', 'EC2'),
  ],
  [
    'Fargate beside instances',
    'IMG-SVC-005',
    set(API, 'capacity_provider_strategy.1', { capacity_provider: 'FARGATE', weight: 1 }),
  ],
  ['a capacity provider strategy without weight', 'IMG-SVC-005', set(API, 'capacity_provider_strategy.0.weight', 0)],
  ['a port on which nothing listens', 'IMG-SVC-006', set(API, 'load_balancer.0.container_port', 80)],
  [
    'a service created before its listener rules',
    'IMG-SVC-007',
    set(API, 'depends_on', ['aws_ecs_cluster_capacity_providers.capacity']),
  ],
  ['a fixed number of tasks', 'IMG-SVC-008', set(API, 'lifecycle', undefined)],
  ['capacity that is destroyed before its service', 'IMG-SVC-009', set(SERVICE, 'depends_on', [])],
  [
    'a service that is created before its cluster has Fargate',
    'IMG-SVC-009',
    set('sync-upload/service', 'depends_on', []),
  ],
  [
    'tasks with public addresses',
    'IMG-SVC-010',
    set('sync-upload/service', 'network_configuration.assign_public_ip', true),
  ],
  ['tasks in public subnets', 'IMG-SVC-010', set('private-subnet-use1-az2', 'map_public_ip_on_launch', true)],
  ['a target group of the wrong type', 'IMG-SVC-011', set('target-group-async-upload', 'target_type', 'instance')],
  ['tasks without tags', 'IMG-SVC-012', set(API, 'propagate_tags', undefined)],
  ['a maximum of tasks below the minimum', 'IMG-SCL-001', setting('services.download.maxTasks', 2)],
  ['metric math that returns nothing', 'IMG-SCL-002', set(BACKLOG, spec('metrics.2.return_data'), false)],
  ['metric math that returns two things', 'IMG-SCL-002', set(BACKLOG, spec('metrics.0.return_data'), true)],
  ['a division by zero', 'IMG-SCL-003', set(BACKLOG, spec('metrics.2.expression'), 'visible / tasks')],
  [
    'a metric id that does not exist',
    'IMG-SCL-004',
    set(BACKLOG, spec('metrics.2.expression'), 'waiting / IF(tasks > 0, tasks, 1)'),
  ],
  [
    'a scaling target of zero',
    'IMG-SCL-005',
    set(BACKLOG, 'target_tracking_scaling_policy_configuration.target_value', 0),
  ],
  ['scaling by the depth of the queue', 'IMG-SCL-006', set(BACKLOG, SPECIFICATION, raw)],
  [
    'a cluster without Container Insights',
    'IMG-SCL-007',
    set('cluster', 'setting', [{ name: 'containerInsights', value: 'disabled' }]),
  ],
  ['logs that never expire', 'IMG-LOG-001', set('worker/log', 'retention_in_days', undefined)],
];
