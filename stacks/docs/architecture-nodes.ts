import type { Node } from './mermaid.ts';
import { type Block, pick, type ResourceGraph } from './resource-graph.ts';

/** What the picture calls an environment's own, and what all names in it begin with. */
export interface Naming {
  prefix: string;
}

type Lines = (block: Block, graph: ResourceGraph, naming: Naming) => string[];

const shortName = (name: unknown, { prefix }: Naming): string => String(name).replace(`${prefix}-`, '');

/** What a service runs on: Fargate, or the instances of its capacity provider's group. */
function capacityOf(service: Block, graph: ResourceGraph): string {
  const provider = pick(service.values, 'capacity_provider');
  const [group] = graph.referred(provider).flatMap((block) => graph.reach(block, 'aws_autoscaling_group'));
  if (!group) return String(provider).toLowerCase().replace(/^f/, 'F');
  const types = (pick(group.values, 'override') as { instance_type: string }[]).map((each) => each.instance_type);
  const percent = Number(pick(group.values, 'on_demand_percentage_above_base_capacity'));
  const base = Number(pick(group.values, 'on_demand_base_capacity'));
  const bought = percent === 100 ? 'on demand' : `spot, ${base} + ${percent} % on demand`;
  const shown = types.length > 2 ? `${types.length} instance types` : types.join(', ');
  return `${shown}, ${bought}, up to ${group.values.max_size}`;
}

const serviceLines: Lines = (service, graph, naming) => {
  const [definition] = graph.reach(service, 'aws_ecs_task_definition');
  const [target] = graph.referring(service, 'aws_appautoscaling_target');
  const { min_capacity, max_capacity } = target?.values ?? {};
  return [
    `<b>${shortName(service.values.name, naming)}</b>`,
    `${min_capacity} to ${max_capacity} tasks, ${definition?.values.cpu} CPU, ${definition?.values.memory} MiB`,
    capacityOf(service, graph),
  ];
};

const described =
  (what: string, attribute: string): Lines =>
  (block, _graph, naming) => [`<b>${what}</b>`, shortName(block.values[attribute], naming)];

/** What is drawn, by Terraform's types. Resources of a type without an entry are how these are set up. */
const DRAWN: Record<string, { lines: Lines; shape?: NonNullable<Node['shape']> }> = {
  aws_cloudfront_distribution: {
    lines: ({ values }) => ['<b>CloudFront</b>', `${values.price_class}${values.web_acl_id ? ', WAF' : ''}`],
  },
  aws_lb: {
    lines: (block, graph) => {
      const acl = graph.referring(block, 'aws_wafv2_web_acl_association').length > 0;
      return ['<b>load balancer</b>', `${block.values.internal ? 'internal' : 'public'}${acl ? ', WAF' : ''}`];
    },
  },
  aws_ecs_service: { lines: serviceLines },
  aws_s3_bucket: { lines: described('bucket', 'bucket'), shape: 'store' },
  aws_dynamodb_table: { lines: described('table', 'name'), shape: 'store' },
  aws_sqs_queue: { lines: described('queue', 'name'), shape: 'round' },
  aws_sns_topic: { lines: described('SNS topic', 'name'), shape: 'round' },
};

/** Drawn once, however many there are. */
const COUNTED: Record<string, string> = {
  aws_nat_gateway: 'NAT gateways',
  aws_cloudwatch_metric_alarm: 'alarms',
};

/** Whether a subnet's routes lead to the Internet gateway. */
function isPublic(subnet: Block, graph: ResourceGraph): boolean {
  const tables = graph
    .referring(subnet, 'aws_route_table_association')
    .flatMap(({ values }) => graph.referred(values.route_table_id));
  const routes = tables.flatMap((each) => graph.referring(each, 'aws_route'));
  return routes.some(({ values }) => values.gateway_id !== undefined);
}

export const PRIVATE = 'private subnets';
export const PUBLIC = 'public subnets';

/** The frames of what runs in subnets: the network, and the kind of its subnets. */
function withinOf(block: Block, graph: ResourceGraph): string[] {
  const [vpc] = graph.all('aws_vpc');
  // What has instances of its own is where they are.
  const groups = graph
    .referred(pick(block.values, 'capacity_provider'))
    .flatMap((each) => graph.reach(each, 'aws_autoscaling_group'));
  const subnets = [block, ...groups]
    .flatMap(({ values }) => graph.referred(values))
    .filter(({ type }) => type === 'aws_subnet');
  const [subnet] = subnets;
  if (!vpc || !subnet) return [];
  const zones = graph.all('aws_subnet').filter((each) => isPublic(each, graph) === isPublic(subnet, graph)).length;
  return [`VPC ${vpc.values.cidr_block}, ${zones} zones`, isPublic(subnet, graph) ? PUBLIC : PRIVATE];
}

export function nodesOf(graph: ResourceGraph, naming: Naming): Node[] {
  const single = Object.entries(DRAWN).flatMap(([type, { lines, shape }]) =>
    graph.all(type).map(
      (block): Node => ({
        id: block.address,
        lines: lines(block, graph, naming),
        ...(shape && { shape }),
        within: withinOf(block, graph),
      }),
    ),
  );
  const counted = Object.entries(COUNTED).flatMap(([type, name]): Node[] => {
    const [first, ...rest] = graph.all(type);
    return first ? [{ id: type, lines: [`${rest.length + 1} ${name}`], within: withinOf(first, graph) }] : [];
  });
  return [...single, ...counted];
}
