import { DEFAULT_ANSWER } from '../../../shared/contracts/listener-rules.ts';
import { type Argument, argumentCheck, is, isNot, isOrAbsent, isPresent, satisfying } from '../argument-check.ts';
import { blocks, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const ALB = 'aws_lb';
const LISTENER = 'aws_lb_listener';
const RULE = 'aws_lb_listener_rule';

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
    reason: 'One mistake in a plan would delete the load balancer, and with it the address that clients use.',
  },
  {
    id: 'IMG-ALB-007',
    of: ALB,
    argument: 'drop_invalid_header_fields',
    must: is(true),
    reason: 'Headers that a proxy and a server read differently allow request smuggling.',
  },
  {
    id: 'IMG-ALB-102',
    of: ALB,
    argument: 'desync_mitigation_mode',
    must: isNot('monitor'),
    reason: 'Requests that a proxy and a server read differently would only be counted, and not blocked.',
  },
  {
    id: 'IMG-ALB-103',
    of: ALB,
    argument: 'access_logs.enabled',
    must: is(true),
    where: (_, { settings }) => settings?.loadBalancer.accessLogs === true,
    reason: 'The provider treats a block without it as switched off, so nobody could say who requested what.',
  },
  {
    id: 'IMG-ALB-104',
    of: ALB,
    argument: 'enable_waf_fail_open',
    must: is(true),
    where: (_, { settings }) => settings?.loadBalancer.waf.enabled === true,
    reason: 'An outage of WAF would reject everybody, although the services check keys themselves.',
  },
  {
    id: 'IMG-ALB-105',
    of: ALB,
    argument: 'ip_address_type',
    must: isOrAbsent('ipv4'),
    reason: 'AWS refuses the load balancer, because the subnets have no IPv6.',
  },
  {
    id: 'IMG-ALB-106',
    of: LISTENER,
    argument: 'default_action.redirect.protocol',
    must: is('HTTPS'),
    where: redirects,
    reason: 'Clients would be redirected to the same URL until they give up.',
  },
  {
    id: 'IMG-ALB-107',
    of: LISTENER,
    argument: 'default_action.redirect.port',
    must: is('443'),
    where: redirects,
    reason: 'By default it is the port of the request: HTTPS at port 80, where nothing listens for it.',
  },
  {
    id: 'IMG-ALB-108',
    of: RULE,
    argument: 'action.redirect.query',
    must: isOrAbsent('#{query}'),
    where: isRedirected,
    reason: 'The query contains the signature of a signed link.',
  },
  {
    id: 'IMG-ALB-109',
    of: RULE,
    argument: 'action.redirect.status_code',
    must: is('HTTP_302'),
    where: isRedirected,
    reason: 'Browsers remember a 301 for ever, and would still go to the CDN after it is switched off.',
  },
  {
    id: 'IMG-ALB-116',
    of: LISTENER,
    argument: 'certificate_arn',
    must: isPresent('a certificate of ACM'),
    where: ({ protocol }) => protocol === 'HTTPS',
    reason: 'AWS refuses an HTTPS listener without a certificate.',
  },
  {
    id: 'IMG-ALB-117',
    of: LISTENER,
    argument: 'port',
    must: satisfying(
      '443 for HTTPS, and 80 for HTTP',
      (port, { values }) => toNumber(port) === PORTS[String(values.protocol)],
    ),
    reason: 'Clients, the CDN and the security group use no other port.',
  },
  {
    id: 'IMG-ALB-118',
    of: LISTENER,
    argument: 'default_action.fixed_response.message_body',
    must: isOrAbsent(DEFAULT_ANSWER.body),
    reason: 'Clients parse errors as problem documents, and the CDN gives the same answer for unknown paths.',
  },
  {
    id: 'IMG-ALB-119',
    of: LISTENER,
    argument: 'routing_http_response_strict_transport_security_header_value',
    must: isPresent('a max-age of a year'),
    where: ({ protocol }) => protocol === 'HTTPS',
    reason: 'A browser would use plain HTTP again, and an attacker could answer.',
  },
  {
    id: 'IMG-ALB-120',
    of: LISTENER,
    argument: 'routing_http_response_server_enabled',
    must: is(false),
    where: (listener) => !redirects(listener),
    reason: 'The name and version of a server help only attackers.',
  },
];

/** Arguments of the load balancer, its listeners and rules. */
export const LOAD_BALANCER_ARGUMENT_CHECKS: Check[] = BALANCING.map(argumentCheck);
