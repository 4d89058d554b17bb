import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { idOf, pointTo, resourcesOf, setFirst } from './by-type.ts';
import { add, type Change, type Mistake, set, setting } from './mistake.ts';

const VPC = 'vpc';
const IN = 'load-balancer-world-443-in';

const wayOut = add((stack) => {
  const [table] = resourcesOf(stack, 'route_table', 'private');
  const route = new Route(stack, 'out', {
    routeTableId: 'table',
    destinationCidrBlock: '0.0.0.0/0',
    natGatewayId: 'nat-1',
  });
  route.addOverride('route_table_id', table && idOf(table));
});

const manyGateways: Change = {
  settings(settings) {
    setting('network.egress', 'nat-single').settings?.(settings);
    setting('network.natZone', 'use1-az4').settings?.(settings);
  },
  stack: (stack) => void new NatGateway(stack, 'another', { subnetId: 'subnet-1', allocationId: 'eip-1' }),
};

/** Mistakes in constructs of the network. */
export const ROUTE_MISTAKES: Mistake[] = [
  ['a network without DNS names', 'IMG-NET-101', set(VPC, 'enable_dns_hostnames', false)],
  ['a network without DNS resolution', 'IMG-NET-102', set(VPC, 'enable_dns_support', false)],
  ['dedicated hardware', 'IMG-NET-103', set(VPC, 'instance_tenancy', 'dedicated')],
  ['public addresses for everything in a subnet', 'IMG-NET-104', setFirst('subnet', 'map_public_ip_on_launch', true)],
  ['a private NAT gateway', 'IMG-NET-107', setFirst('nat_gateway', 'connectivity_type', 'private')],
  ['flow logs of accepted traffic only', 'IMG-NET-109', setFirst('flow_log', 'traffic_type', 'ACCEPT')],
  ['a range of ports', 'IMG-NET-112', set(IN, 'to_port', 65_535)],
  ['images through NAT', 'IMG-NET-210', setFirst('vpc_endpoint', 'service_name', 'com.amazonaws.us-east-1.ec2')],
  ['more NAT gateways than the settings say', 'IMG-NET-211', manyGateways],
  ['a network that differs from the settings', 'IMG-SET-101', set(VPC, 'cidr_block', '10.99.0.0/16')],
  ['every protocol', 'IMG-NET-111', set(IN, 'ip_protocol', '-1')],
  ['a subnet without a route table', 'IMG-NET-204', setFirst('route_table_association', 'subnet_id', 'subnet-1')],
  [
    'a default route in a closed network',
    'IMG-NET-206',
    setting('cdn.enabled', false),
    setting('network.egress', 'interface-endpoints'),
    wayOut,
  ],
  ['one NAT gateway for two zones', 'IMG-NET-207', pointTo(['route', 'nat'], 'nat_gateway_id', ['nat_gateway', ''])],
];

const BUCKET = 'image-bucket';
const LIFECYCLE = 'image-bucket-lifecycle';
const TABLE = 'image-table';
const QUEUE = 'processing-queue';
const filter = [{ prefix: 'originals/' }];

/** Mistakes in constructs of buckets, the table and queues. */
export const STORAGE_MISTAKES: Mistake[] = [
  [
    'pages that may read the bucket',
    'IMG-S3-103',
    set(`${BUCKET}-cors`, 'cors_rule.0.allowed_methods', ['PUT', 'GET']),
  ],
  ['parts without a checksum', 'IMG-S3-104', set(`${BUCKET}-cors`, 'cors_rule.0.allowed_headers', ['content-type'])],
  ['a disabled lifecycle rule', 'IMG-LIFE-101', set(LIFECYCLE, 'rule.0.status', 'Disabled')],
  [
    'versions that are kept by number',
    'IMG-LIFE-102',
    set(LIFECYCLE, 'rule.0.noncurrent_version_expiration', [{ noncurrent_days: 30, newer_noncurrent_versions: 3 }]),
  ],
  [
    'small objects moved to a tier',
    'IMG-LIFE-103',
    set(LIFECYCLE, 'rule.0', {
      id: 'small',
      status: 'Enabled',
      filter,
      transition: [{ days: 0, storage_class: 'INTELLIGENT_TIERING' }],
    }),
  ],
  [
    'logs of the bucket among those of the load balancer',
    'IMG-LOG-102',
    setFirst('s3_bucket_logging', 'target_prefix', 'load-balancer/'),
  ],
  ['a table with another name', 'IMG-NAM-001', set(TABLE, 'name', 'images')],
  ['a queue with another name', 'IMG-NAM-002', set(QUEUE, 'name', 'jobs')],
  ['a bucket with another name', 'IMG-NAM-005', set('log-bucket', 'bucket', 'logs')],
  [
    'a throughput limit that differs from the settings',
    'IMG-SET-101',
    set(TABLE, 'on_demand_throughput.max_write_request_units', 40_000),
  ],
  [
    'logs kept longer than in the settings',
    'IMG-SET-101',
    set('log-bucket-lifecycle', 'rule.0.expiration', [{ days: 900 }]),
  ],
  [
    'an expiry of renditions that differs from the settings',
    'IMG-SET-101',
    setFirst('s3_bucket_lifecycle_configuration', 'rule.3.expiration', [{ days: 9 }], LIFECYCLE),
  ],
  [
    'parts kept for a year',
    'IMG-SET-101',
    set(LIFECYCLE, 'rule.0.abort_incomplete_multipart_upload', [{ days_after_initiation: 365 }]),
  ],
  [
    'versions for a day',
    'IMG-SET-101',
    set(LIFECYCLE, 'rule.2.noncurrent_version_expiration', [{ noncurrent_days: 1 }]),
  ],
  [
    'origins that differ from the settings',
    'IMG-SET-101',
    set(`${BUCKET}-cors`, 'cors_rule.0.allowed_origins', ['https://b.example']),
  ],
  ['provisioned capacity', 'IMG-DDB-101', set(TABLE, 'billing_mode', 'PROVISIONED')],
  ['a KMS key for the table', 'IMG-DDB-102', set(TABLE, 'server_side_encryption', { enabled: true })],
  [
    'recovery of the table for one day only',
    'IMG-DDB-103',
    set(TABLE, 'point_in_time_recovery.recovery_period_in_days', 1),
  ],
  ['time to live by another attribute', 'IMG-DDB-104', set(TABLE, 'ttl.attribute_name', 'ttl')],
  ['a table of the infrequent-access class', 'IMG-DDB-105', set(TABLE, 'table_class', 'STANDARD_INFREQUENT_ACCESS')],
  [
    'an index that throttles its table',
    'IMG-DDB-106',
    set(TABLE, 'global_secondary_index.0.on_demand_throughput', { max_write_request_units: 1 }),
  ],
  ['a FIFO queue', 'IMG-SQS-102', set(QUEUE, 'fifo_queue', true)],
  ['delayed messages', 'IMG-SQS-103', set(QUEUE, 'delay_seconds', 60)],
  ['a KMS key for messages', 'IMG-SQS-104', set(QUEUE, 'kms_master_key_id', 'alias/images')],
];

/** Mistakes in constructs of the account. */
export const ACCOUNT_MISTAKES: Mistake[] = [
  ['mutable image tags', 'IMG-ECR-101', set('repository-worker', 'image_tag_mutability', 'MUTABLE')],
  ['container images that terraform destroy deletes', 'IMG-ECR-102', set('repository-worker', 'force_delete', true)],
];
