import { DEFAULT_ANSWER } from '../../../shared/contracts/listener-rules.ts';
import {
  type Argument,
  argumentCheck,
  fitting,
  is,
  isNot,
  isOrAbsent,
  isPresent,
  isWithin,
} from '../argument-check.ts';
import { blocks, figure, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const ALB = 'aws_lb';
const LISTENER = 'aws_lb_listener';
const RULE = 'aws_lb_listener_rule';
const TARGETS = 'aws_lb_target_group';

const PORTS: Record<string, number> = { HTTPS: 443, HTTP: 80 };

const redirects = (listener: Values): boolean =>
  blocks(listener, 'default_action').some(({ type }) => type === 'redirect');
const isRedirected = (rule: Values): boolean => blocks(rule, 'action').some(({ type }) => type === 'redirect');

const BALANCING: Argument[] = [
  {
    id: 'IMG-ALB-101',
    of: ALB,
    argument: 'enable_deletion_protection',
    must: is(true),
    where: (_, { settings }) => settings?.storage.disposable === false,
    reason: 'With it would go the address that clients have, by one mistake in a plan.',
  },
  {
    id: 'IMG-ALB-102',
    of: ALB,
    argument: 'desync_mitigation_mode',
    must: isNot('monitor'),
    reason: 'Requests that a proxy and a server read differently would be let through, and only counted.',
  },
  {
    id: 'IMG-ALB-103',
    of: ALB,
    argument: 'access_logs.enabled',
    must: is(true),
    where: (_, { settings }) => settings?.loadBalancer.accessLogs === true,
    reason: 'The provider takes a block without it for switched off: nobody could say who asked for what.',
  },
  {
    id: 'IMG-ALB-104',
    of: ALB,
    argument: 'enable_waf_fail_open',
    must: is(true),
    where: (_, { settings }) => settings?.loadBalancer.waf.enabled === true,
    reason: 'An outage of WAF would turn everybody away, while the services check keys by themselves.',
  },
  {
    id: 'IMG-ALB-105',
    of: ALB,
    argument: 'ip_address_type',
    must: isOrAbsent('ipv4'),
    reason: 'The subnets have no IPv6, and the load balancer is refused.',
  },
  {
    id: 'IMG-ALB-106',
    of: LISTENER,
    argument: 'default_action.redirect.protocol',
    must: is('HTTPS'),
    where: redirects,
    reason: 'Clients would be sent to where they are, until they give up.',
  },
  {
    id: 'IMG-ALB-107',
    of: LISTENER,
    argument: 'default_action.redirect.port',
    must: is('443'),
    where: redirects,
    reason: 'Left out it is the port that was asked: HTTPS at port 80, where nobody speaks it.',
  },
  {
    id: 'IMG-ALB-108',
    of: RULE,
    argument: 'action.redirect.query',
    must: isOrAbsent('#{query}'),
    where: isRedirected,
    reason: 'A signed link has its signature in the query.',
  },
  {
    id: 'IMG-ALB-109',
    of: RULE,
    argument: 'action.redirect.status_code',
    must: is('HTTP_302'),
    where: isRedirected,
    reason: 'Browsers keep a 301 for ever: the day the CDN is switched off they would still ask it.',
  },
  {
    id: 'IMG-ALB-110',
    of: TARGETS,
    argument: 'health_check.matcher',
    must: is('200'),
    reason: 'Whatever answers, an error page too, would be taken for healthy.',
  },
  {
    id: 'IMG-ALB-111',
    of: TARGETS,
    argument: 'health_check.interval',
    must: isWithin(5, 30),
    reason: 'Requests would go for minutes to a task that is dead.',
  },
  {
    id: 'IMG-ALB-112',
    of: TARGETS,
    argument: 'health_check.unhealthy_threshold',
    must: isWithin(2, 5),
    reason: 'One slow answer would end a task, and with it all that it does; more than five are a minute of errors.',
  },
  {
    id: 'IMG-ALB-113',
    of: TARGETS,
    argument: 'health_check.port',
    must: isOrAbsent('traffic-port'),
    reason: 'Nothing but the service’s own port lets the load balancer in, and every task would be ended.',
  },
  {
    id: 'IMG-ALB-114',
    of: TARGETS,
    argument: 'protocol_version',
    must: isOrAbsent('HTTP1'),
    reason: 'The services speak HTTP/1.1: each request would be a 502.',
  },
  {
    id: 'IMG-ALB-115',
    of: TARGETS,
    argument: 'stickiness.enabled',
    must: isNot(true),
    reason: 'A cookie would hold clients to a task that is full, and make answers that no cache may keep.',
  },
  {
    id: 'IMG-ALB-116',
    of: LISTENER,
    argument: 'certificate_arn',
    must: isPresent('a certificate of ACM'),
    where: ({ protocol }) => protocol === 'HTTPS',
    reason: 'ALB refuses an HTTPS listener without one.',
  },
  {
    id: 'IMG-ALB-117',
    of: LISTENER,
    argument: 'port',
    must: fitting(
      '443 for HTTPS, and 80 for HTTP',
      (port, { values }) => figure(port) === PORTS[String(values.protocol)],
    ),
    reason: 'Clients, the CDN and the security group know no other port.',
  },
  {
    id: 'IMG-ALB-118',
    of: LISTENER,
    argument: 'default_action.fixed_response.message_body',
    must: isOrAbsent(DEFAULT_ANSWER.body),
    reason: 'Clients parse problems, and the CDN answers the same for what is nobody’s.',
  },
  {
    id: 'IMG-ALB-119',
    of: LISTENER,
    argument: 'routing_http_response_strict_transport_security_header_value',
    must: isPresent('max-age of a year'),
    where: ({ protocol }) => protocol === 'HTTPS',
    reason: 'A browser would ask by plain HTTP again, and whoever is between answers.',
  },
  {
    id: 'IMG-ALB-120',
    of: LISTENER,
    argument: 'routing_http_response_server_enabled',
    must: is(false),
    where: (listener) => !redirects(listener),
    reason: 'The name and version of a server help nobody but whoever looks for a way in.',
  },
];

/** What an argument of the load balancer, its listeners or target groups must be. */
export const LOAD_BALANCER_ARGUMENTS: Check[] = BALANCING.map(argumentCheck);
