import { pointTo, setFirst } from './by-type.ts';
import type { Incidents } from './incident.ts';
import { set } from './mistake.ts';

const GITHUB = 'https://github.com/';
const GROUP = 'worker-fleet/group';
const TEMPLATE = 'worker-fleet/launch-template';
const PROVIDER = 'worker-fleet/capacity-provider';
const ROOT = 'block_device_mappings.0';
const DISTRIBUTION = 'mixed_instances_policy.instances_distribution';
const VERSION = 'mixed_instances_policy.launch_template.launch_template_specification.version';

const userData = (...lines: string[]): string =>
  Buffer.from(['ECS_CLUSTER=image-service-prod', ...lines].join('\n')).toString('base64');
const STOPS = 'ECS_CONTAINER_STOP_TIMEOUT=110s';
const BLOCKS = 'ECS_AWSVPC_BLOCK_IMDS=true';
const RESERVES = 'ECS_RESERVED_MEMORY=256';
const DRAINS = 'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true';

/** Public incidents with instances, spot and their scaling. */
export const INSTANCE_INCIDENTS: Incidents = {
  fleet: [
    [
      `${GITHUB}buildkite/terraform-buildkite-elastic-ci-stack-for-aws/pull/152`,
      'an apply that waits for instances that scaling has removed',
      'IMG-ASG-101',
      set(GROUP, 'wait_for_capacity_timeout', '10m'),
    ],
    [
      `${GITHUB}cattle-ops/terraform-aws-gitlab-runner/issues/1375`,
      'a refresh that ends working instances because a type was added',
      'IMG-ASG-102',
      set(GROUP, 'instance_refresh', { strategy: 'Rolling' }),
    ],
    [
      `${GITHUB}LeanerCloud/AutoSpotting/issues/110`,
      'a maximum price below the market price',
      'IMG-ASG-104',
      set(GROUP, `${DISTRIBUTION}.spot_max_price`, '0.05'),
    ],
    [
      `${GITHUB}cloudposse/terraform-aws-ec2-autoscale-group/issues/9`,
      'a fixed version of the launch template',
      'IMG-ASG-106',
      set(GROUP, VERSION, '1'),
    ],
    [
      `${GITHUB}aws/amazon-ecs-agent/issues/3000`,
      'a warm pool whose instances join the cluster',
      'IMG-ASG-108',
      set(GROUP, 'warm_pool', { pool_state: 'Stopped' }),
    ],
    [
      `${GITHUB}runs-on/runs-on/issues/207`,
      'a root device of another system',
      'IMG-EC2-101',
      set(TEMPLATE, `${ROOT}.device_name`, '/dev/sda1'),
    ],
    [
      `${GITHUB}zalando-incubator/kubernetes-on-aws/pull/2241`,
      'volumes that outlive their instances',
      'IMG-EC2-103',
      set(TEMPLATE, `${ROOT}.ebs.delete_on_termination`, 'false'),
    ],
    [
      `${GITHUB}amazonlinux/amazon-linux-2023/issues/268`,
      'a volume smaller than its snapshot',
      'IMG-EC2-104',
      set(TEMPLATE, `${ROOT}.ebs.volume_size`, 20),
    ],
    [
      `${GITHUB}kubernetes/kops/issues/10104`,
      'a launch template that asks for spot itself',
      'IMG-EC2-105',
      set(TEMPLATE, 'instance_market_options', { market_type: 'spot' }),
    ],
    [
      `${GITHUB}HENNGE/terraform-aws-autoscaling-mixed-instances/issues/15`,
      'a default version that is never updated',
      'IMG-EC2-109',
      set(TEMPLATE, 'update_default_version', undefined),
    ],
    [
      `${GITHUB}cloudposse/terraform-aws-ecs-cluster/issues/18`,
      'tasks that are not told of a spot interruption',
      'IMG-EC2-110',
      set(TEMPLATE, 'user_data', userData(STOPS, BLOCKS, RESERVES)),
    ],
    [
      `${GITHUB}aws/amazon-ecs-agent/issues/578`,
      'tasks with the credentials of their instance',
      'IMG-EC2-110',
      set(TEMPLATE, 'user_data', userData(STOPS, RESERVES, DRAINS)),
    ],
    [
      `${GITHUB}bottlerocket-os/bottlerocket/issues/3607`,
      'metadata switched off to keep tasks from it',
      'IMG-EC2-107',
      set(TEMPLATE, 'metadata_options.http_endpoint', 'disabled'),
    ],
    [
      `${GITHUB}aws/containers-roadmap/issues/631`,
      'a capacity provider that works only with managed scaling switched off',
      'IMG-ECS-101',
      set(PROVIDER, 'auto_scaling_group_provider.managed_scaling.status', 'DISABLED'),
    ],
    [
      `${GITHUB}aws/amazon-ecs-agent/issues/1266`,
      'private subnets on the public route table',
      'IMG-NET-201',
      pointTo(['route_table_association', 'private'], 'route_table_id', ['route_table', 'public']),
    ],
    [
      `${GITHUB}HHS/simpler-grants-gov/pull/1062`,
      'NAT gateways in private subnets',
      'IMG-NET-202',
      pointTo(['route_table_association', 'public'], 'route_table_id', ['route_table', 'private']),
    ],
    [
      `${GITHUB}docker-archive/compose-cli/issues/911`,
      'a route table without a default route',
      'IMG-NET-205',
      setFirst('route', 'destination_cidr_block', '10.0.0.0/8', 'nat'),
    ],
    [
      `${GITHUB}navapbc/template-infra/pull/499`,
      'a gateway endpoint that some private subnets lack',
      'IMG-NET-203',
      set('s3-endpoint', 'route_table_ids.0', undefined),
    ],
    [
      `${GITHUB}terraform-aws-modules/terraform-aws-security-group/issues/231`,
      'a security group that is destroyed before its replacement',
      'IMG-NET-106',
      setFirst('security_group', 'lifecycle', undefined),
    ],
    [
      `${GITHUB}hashicorp/terraform-provider-aws/issues/2445`,
      'a security group with a fixed name',
      'IMG-NET-105',
      setFirst('security_group', 'name', 'workers'),
    ],
  ],
};
