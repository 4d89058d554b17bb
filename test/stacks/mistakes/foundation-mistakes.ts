import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { first, idOf, mislead, resourcesOf } from './by-type.ts';
import { add, type Mistake, set, setting } from './mistake.ts';

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

/** In constructs of the network. */
export const ROUTE_MISTAKES: Mistake[] = [
  ['a network without names', 'IMG-NET-101', set(VPC, 'enable_dns_hostnames', false)],
  ['a network that resolves nothing', 'IMG-NET-102', set(VPC, 'enable_dns_support', false)],
  ['hardware of its own', 'IMG-NET-103', set(VPC, 'instance_tenancy', 'dedicated')],
  ['public addresses for all', 'IMG-NET-104', first('subnet', 'map_public_ip_on_launch', true)],
  ['NAT that leads nowhere', 'IMG-NET-107', first('nat_gateway', 'connectivity_type', 'private')],
  ['flow logs of what was let in', 'IMG-NET-109', first('flow_log', 'traffic_type', 'ACCEPT')],
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
