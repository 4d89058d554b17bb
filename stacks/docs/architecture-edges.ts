import { PRIVATE } from './architecture-nodes.ts';
import type { Edge } from './mermaid.ts';
import { type Block, pick, type ResourceGraph } from './resource-graph.ts';

export const CLIENTS = 'clients';

interface Statement {
  Action: string | string[];
  Resource: string | string[];
}

const listed = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Who is reached from everywhere: the CDN, and what a security group lets everybody come to. */
function entrances(graph: ResourceGraph): Edge[] {
  const cdn = graph
    .all('aws_cloudfront_distribution')
    .map(({ address }) => ({ from: CLIENTS, to: address, label: 'downloads' }));
  const open = graph
    .all('aws_vpc_security_group_ingress_rule')
    .filter(({ values }) => values.cidr_ipv4 === '0.0.0.0/0')
    .flatMap(({ values }) => graph.referred(values.security_group_id))
    .flatMap((group) => graph.referring(group, 'aws_lb'));
  return [...cdn, ...[...new Set(open)].map(({ address }) => ({ from: CLIENTS, to: address, label: 'API' }))];
}

/** The CDN's origin, and the services behind the listener's rules. */
function requests(graph: ResourceGraph): Edge[] {
  const [lb] = graph.all('aws_lb');
  if (!lb) return [];
  const origins = graph.all('aws_cloudfront_distribution').map((cdn): Edge => {
    const label = pick(cdn.values, 'custom_header') ? 'with the origin secret' : 'VPC origin';
    return { from: cdn.address, to: lb.address, label };
  });
  const services = graph.all('aws_ecs_service').flatMap((service): Edge[] => {
    const targets = graph.referred(service.values).filter(({ type }) => type === 'aws_lb_target_group');
    const rules = new Set(targets.flatMap((group) => graph.referring(group, 'aws_lb_listener_rule')));
    return rules.size > 0 ? [{ from: lb.address, to: service.address, label: `${rules.size} rules` }] : [];
  });
  return [...origins, ...services];
}

/** Of actions the part that tells what they do; those that only look after things tell nothing. */
const VERBS: [actions: RegExp, verb: string][] = [
  [/^s3:GetObject|^dynamodb:(GetItem|Query)/, 'reads'],
  [/^s3:PutObject|^dynamodb:(Put|Update|Delete)Item/, 'writes'],
  [/^s3:DeleteObject$/, 'deletes'],
  [/^sqs:SendMessage/, 'sends'],
  [/^sqs:ReceiveMessage/, 'receives'],
  [/^cloudfront:CreateInvalidation/, 'invalidates'],
];

const ATTRIBUTES: Record<string, [attribute: string, arn: RegExp]> = {
  aws_s3_bucket: ['bucket', /^arn:aws:s3:::([^/]+)\/(.*?)\/?\*$/],
  aws_dynamodb_table: ['name', /:table\/([^/]+)$/],
  aws_sqs_queue: ['name', /^arn:aws:sqs:.*:([^:]+)$/],
};

/** What an ARN in a policy stands for, and the prefix of the objects if it is about some. */
function resourceOf(arn: string, graph: ResourceGraph): { block: Block; part: string } | undefined {
  const [cdn] = graph.referred(arn).filter(({ type }) => type === 'aws_cloudfront_distribution');
  if (cdn) return { block: cdn, part: '' };
  for (const [type, [attribute, pattern]] of Object.entries(ATTRIBUTES)) {
    const [, name, part = ''] = pattern.exec(arn) ?? [];
    const block = graph.all(type).find(({ values }) => name !== undefined && values[attribute] === name);
    if (block) return { block, part };
  }
  return undefined;
}

/** What the role of a service's tasks lets it do. */
function permissions(service: Block, graph: ResourceGraph): Edge[] {
  const [definition] = graph.reach(service, 'aws_ecs_task_definition');
  const roles = graph.referred(definition?.values.task_role_arn);
  const policies = roles.flatMap((role) => graph.referring(role, 'aws_iam_role_policy'));
  const statements = policies.flatMap(({ values }): Statement[] => JSON.parse(values.policy).Statement);
  const allowed = statements.flatMap(({ Action, Resource }) => {
    const actions = listed(Action);
    const verbs = VERBS.filter(([pattern]) => actions.some((action) => pattern.test(action))).map(([, verb]) => verb);
    return listed(Resource).flatMap((arn) => {
      const found = resourceOf(arn, graph);
      return found && verbs.length > 0 ? [{ ...found, verbs }] : [];
    });
  });
  return [...Map.groupBy(allowed, ({ block }) => block)].map(([{ address }, own]) => {
    const label = own.map(({ part, verbs }) => [verbs.join(', '), part].filter(Boolean).join(' ')).join('<br>');
    return { from: service.address, to: address, label, isDashed: true };
  });
}

/** Who writes access logs into which bucket. */
function accessLogs(graph: ResourceGraph): Edge[] {
  const writers = graph.all('aws_lb', 'aws_cloudfront_distribution');
  return graph.all('aws_s3_bucket').flatMap((bucket) =>
    writers
      .map(({ address, values }) => ({ address, target: values.access_logs ?? values.logging_config }))
      .filter(({ target }) => `${pick(target, 'bucket')}.`.startsWith(`${bucket.values.bucket}.`))
      .map(({ address }): Edge => ({ from: address, to: bucket.address, label: 'access logs', isDashed: true })),
  );
}

/** Where messages go that nobody was done with, and what private subnets leave by. */
function others(graph: ResourceGraph): Edge[] {
  const dead = graph.all('aws_sqs_queue').flatMap(({ address, values }): Edge[] =>
    graph.referred(values.redrive_policy).map((to) => ({
      from: address,
      to: to.address,
      label: `after ${JSON.parse(values.redrive_policy).maxReceiveCount} receives`,
    })),
  );
  const leavesByNat = graph.all('aws_route').some(({ values }) => values.nat_gateway_id !== undefined);
  const alarms = graph.all('aws_sns_topic').flatMap((topic): Edge[] => {
    const count = graph.referring(topic, 'aws_cloudwatch_metric_alarm').length;
    return count > 0 ? [{ from: 'aws_cloudwatch_metric_alarm', to: topic.address }] : [];
  });
  return [...dead, ...(leavesByNat ? [{ from: PRIVATE, to: 'aws_nat_gateway' }] : []), ...alarms];
}

export const edgesOf = (graph: ResourceGraph): Edge[] => [
  ...entrances(graph),
  ...requests(graph),
  ...graph.all('aws_ecs_service').flatMap((service) => permissions(service, graph)),
  ...accessLogs(graph),
  ...others(graph),
];
