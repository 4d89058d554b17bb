import { GB } from '../lifecycle/storage-classes.ts';
import type { Range } from '../report/cost-report.ts';
import { always, type Billed, scaled } from './charge.ts';
import type { Context } from './context.ts';
import { logBytes } from './log-bytes.ts';
import { HOURS_A_MONTH } from './month.ts';
import { messageRequests, pollsOf } from './queue-lines.ts';
import type { Resource } from './resource.ts';

/** Bytes of a request to SQS with its answer: a message of a kilobyte, headers and TLS. */
const MESSAGE_BYTES = 3 * 1024;

/**
 * Gigabytes that tasks exchange beside S3 and DynamoDB, whose gateway endpoints are free: messages, notices to a webhook, which are as large, and log lines. Images of
 * containers come from S3 too.
 */
function outsideGb(context: Context): Range {
  const polls = scaled(pollsOf(context), MESSAGE_BYTES / 3 / GB);
  const messages = messageRequests(context) + context.traffic.operations.tellModerator;
  const work = (messages * MESSAGE_BYTES + logBytes(context).total) / GB;
  return { minimum: polls.minimum, typical: polls.typical + work, maximum: polls.maximum + work };
}

const isInterface = ({ values }: Resource): boolean => values.vpc_endpoint_type === 'Interface';

/** Interface endpoints take what would pass through NAT. */
export const endpointsTakeAll = ({ resources }: Context): boolean =>
  resources.some((resource) => resource.type === 'aws_vpc_endpoint' && isInterface(resource));

/** A gateway with its hours, and its part of the bytes. */
export function natLines({ address }: Resource, context: Context): Billed[] {
  const gateways = context.resources.filter(({ type }) => type === 'aws_nat_gateway').length;
  const gb = endpointsTakeAll(context) ? always(0) : scaled(outsideGb(context), 1 / gateways);
  return [
    {
      area: 'network',
      item: 'NAT gateway: hours',
      resource: address,
      how: 'all month',
      charges: [{ price: 'nat.hour', amount: always(HOURS_A_MONTH) }],
    },
    {
      area: 'network',
      item: 'NAT gateway: bytes',
      resource: address,
      how: `its part of ${gateways} gateways: messages and logs, not images`,
      charges: [{ price: 'nat.data', amount: gb }],
    },
  ];
}

export const addressLines = ({ address }: Resource): Billed[] => [
  {
    area: 'network',
    item: 'Public address of a NAT gateway',
    resource: address,
    how: 'all month',
    charges: [{ price: 'ec2.public-ipv4', amount: always(HOURS_A_MONTH) }],
  },
];

/** An interface endpoint in each of its subnets; gateway endpoints are free. */
export function endpointLines(endpoint: Resource, context: Context): Billed[] {
  if (!isInterface(endpoint)) return [];
  const { address, values } = endpoint;
  const endpoints = context.resources.filter(
    ({ type, ...each }) => type === 'aws_vpc_endpoint' && isInterface({ type, ...each }),
  );
  const name = String(values.service_name).split('.').slice(3).join('.');
  return [
    {
      area: 'network',
      item: `Endpoint of ${name}: hours`,
      resource: address,
      how: 'all month in each zone',
      charges: [{ price: 'endpoint.interface.hour', amount: always((values.subnet_ids ?? []).length * HOURS_A_MONTH) }],
    },
    {
      area: 'network',
      item: `Endpoint of ${name}: bytes`,
      resource: address,
      how: `its part of ${endpoints.length} endpoints: messages and logs, not images`,
      charges: [{ price: 'endpoint.interface.data', amount: scaled(outsideGb(context), 1 / endpoints.length) }],
    },
  ];
}
