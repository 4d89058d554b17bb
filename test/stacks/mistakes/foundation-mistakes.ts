import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { first, idOf, mislead, resourcesOf } from './by-type.ts';
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

/** In constructs of the network. */
export const ROUTE_MISTAKES: Mistake[] = [
  ['a network without names', 'IMG-NET-101', set(VPC, 'enable_dns_hostnames', false)],
  ['a network that resolves nothing', 'IMG-NET-102', set(VPC, 'enable_dns_support', false)],
  ['hardware of its own', 'IMG-NET-103', set(VPC, 'instance_tenancy', 'dedicated')],
  ['public addresses for all', 'IMG-NET-104', first('subnet', 'map_public_ip_on_launch', true)],
  ['NAT that leads nowhere', 'IMG-NET-107', first('nat_gateway', 'connectivity_type', 'private')],
  ['flow logs of what was let in', 'IMG-NET-109', first('flow_log', 'traffic_type', 'ACCEPT')],
  ['every port above one', 'IMG-NET-112', set(IN, 'to_port', 65_535)],
  ['images by NAT', 'IMG-NET-210', first('vpc_endpoint', 'service_name', 'com.amazonaws.us-east-1.ec2')],
  ['three NAT gateways for one', 'IMG-NET-211', manyGateways],
  ['another network than that of the settings', 'IMG-SET-101', set(VPC, 'cidr_block', '10.99.0.0/16')],
  ['every protocol', 'IMG-NET-111', set(IN, 'ip_protocol', '-1')],
  ['a subnet of no route table', 'IMG-NET-204', first('route_table_association', 'subnet_id', 'subnet-1')],
  [
    'a way out of a closed network',
    'IMG-NET-206',
    setting('cdn.enabled', false),
    setting('network.egress', 'interface-endpoints'),
    wayOut,
  ],
  ['one NAT gateway for two zones', 'IMG-NET-207', mislead(['route', 'nat'], 'nat_gateway_id', ['nat_gateway', ''])],
];

const BUCKET = 'image-bucket';
const LIFECYCLE = 'image-bucket-lifecycle';
const TABLE = 'image-table';
const QUEUE = 'processing-queue';
const filter = [{ prefix: 'originals/' }];

/** In constructs of what is kept. */
export const STORAGE_MISTAKES: Mistake[] = [
  ['pages that read the bucket', 'IMG-S3-103', set(`${BUCKET}-cors`, 'cors_rule.0.allowed_methods', ['PUT', 'GET'])],
  ['parts without a checksum', 'IMG-S3-104', set(`${BUCKET}-cors`, 'cors_rule.0.allowed_headers', ['content-type'])],
  ['a rule that is switched off', 'IMG-LIFE-101', set(LIFECYCLE, 'rule.0.status', 'Disabled')],
  [
    'versions that stay for ever',
    'IMG-LIFE-102',
    set(LIFECYCLE, 'rule.0.noncurrent_version_expiration', [{ noncurrent_days: 30, newer_noncurrent_versions: 3 }]),
  ],
  [
    'small objects in a tier',
    'IMG-LIFE-103',
    set(LIFECYCLE, 'rule.0', {
      id: 'small',
      status: 'Enabled',
      filter,
      transition: [{ days: 0, storage_class: 'INTELLIGENT_TIERING' }],
    }),
  ],
  [
    'logs beside those of the load balancer',
    'IMG-LOG-102',
    first('s3_bucket_logging', 'target_prefix', 'load-balancer/'),
  ],
  ['a table that no service knows', 'IMG-NAM-001', set(TABLE, 'name', 'images')],
  ['a queue that no service knows', 'IMG-NAM-002', set(QUEUE, 'name', 'jobs')],
  ['a bucket of another project', 'IMG-NAM-005', set('log-bucket', 'bucket', 'logs')],
  ['ceilings of their own', 'IMG-SET-101', set(TABLE, 'on_demand_throughput.max_write_request_units', 40_000)],
  ['logs kept longer than is said', 'IMG-SET-101', set('log-bucket-lifecycle', 'rule.0.expiration', [{ days: 900 }])],
  [
    'renditions that expire otherwise',
    'IMG-SET-101',
    first('s3_bucket_lifecycle_configuration', 'rule.3.expiration', [{ days: 9 }], LIFECYCLE),
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
    'pages that the settings do not name',
    'IMG-SET-101',
    set(`${BUCKET}-cors`, 'cors_rule.0.allowed_origins', ['https://b.example']),
  ],
  ['capacity that is paid all night', 'IMG-DDB-101', set(TABLE, 'billing_mode', 'PROVISIONED')],
  ['a key of KMS for the table', 'IMG-DDB-102', set(TABLE, 'server_side_encryption', { enabled: true })],
  ['a table back to yesterday', 'IMG-DDB-103', set(TABLE, 'point_in_time_recovery.recovery_period_in_days', 1)],
  ['expiry by another attribute', 'IMG-DDB-104', set(TABLE, 'ttl.attribute_name', 'ttl')],
  ['a table for what is rarely read', 'IMG-DDB-105', set(TABLE, 'table_class', 'STANDARD_INFREQUENT_ACCESS')],
  [
    'an index that holds its table back',
    'IMG-DDB-106',
    set(TABLE, 'global_secondary_index.0.on_demand_throughput', { max_write_request_units: 1 }),
  ],
  ['one image after the other', 'IMG-SQS-102', set(QUEUE, 'fifo_queue', true)],
  ['images that wait for nothing', 'IMG-SQS-103', set(QUEUE, 'delay_seconds', 60)],
  ['a key of KMS for messages', 'IMG-SQS-104', set(QUEUE, 'kms_master_key_id', 'alias/images')],
];

/** In constructs of the account. */
export const ACCOUNT_MISTAKES: Mistake[] = [
  ['tags that change', 'IMG-ECR-101', set('repository-worker', 'image_tag_mutability', 'MUTABLE')],
  ['images that a destroy removes', 'IMG-ECR-102', set('repository-worker', 'force_delete', true)],
];
