import { type Route, routeList } from './routes.ts';
import type { ServiceName } from './services.ts';

/** An ALB listener rule: the conditions that must all hold, and the service whose target group gets the request. */
export interface ListenerRule {
  /** Unique; the lowest matching number wins. */
  priority: number;
  service: ServiceName;
  /** Empty: any method. */
  methods: string[];
  /** ALB path patterns: case-sensitive, `*` stands for any characters, `/` included. */
  paths: string[];
}

/** ALB's limits (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html). */
export const RULE_LIMITS = { valuesPerCondition: 3, valuesPerRule: 5, patternLength: 128 } as const;

/** What the load balancer answers itself where no rule matches. ALB offers no problem+json content type for fixed responses. */
export const DEFAULT_ANSWER = {
  status: 404,
  contentType: 'application/json',
  body: JSON.stringify({
    type: 'urn:image-service:problem:route_not_found',
    title: 'There is nothing at this path',
    status: 404,
    code: 'route_not_found',
    detail: 'No service answers this path. GET /openapi.json lists the routes.',
  }),
} as const;

type Candidate = Omit<ListenerRule, 'priority'>;

const pattern = (path: string): string => path.replace(/\{[^}]+\}/g, '*');
const literalLength = ({ paths: [path = ''] }: Candidate): number => path.replaceAll('*', '').length;
const byMethodThenLiteral = (a: Candidate, b: Candidate): number =>
  a.methods.join().localeCompare(b.methods.join()) || literalLength(b) - literalLength(a);

/**
 * Compiles the route table into rules. First every route by method and path; then every path alone, so that a wrong method
 * reaches a service that answers 405 and not the load balancer's 404.
 */
export function compileListenerRules(routes: readonly Route[] = routeList): ListenerRule[] {
  const exact = routes.map(
    ({ service, method, path }): Candidate => ({
      service,
      methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
      paths: [pattern(path)],
    }),
  );
  const firstAtPath = routes.filter(({ path }, index) => routes.findIndex((route) => route.path === path) === index);
  const anyMethod = firstAtPath.map(
    ({ service, path }): Candidate => ({ service, methods: [], paths: [pattern(path)] }),
  );
  const ordered = [...exact.sort(byMethodThenLiteral), ...anyMethod.sort(byMethodThenLiteral)];
  return ordered.reduce(mergeIntoLast, []).map((rule, index) => ({ priority: (index + 1) * 10, ...rule }));
}

/** Adds a candidate to the rule before it where both mean the same service and methods and the limits leave room. */
function mergeIntoLast(rules: Candidate[], next: Candidate): Candidate[] {
  const last = rules.at(-1);
  const room = Math.min(RULE_LIMITS.valuesPerCondition, RULE_LIMITS.valuesPerRule - next.methods.length);
  const alike = last?.service === next.service && last.methods.join() === next.methods.join();
  if (last && alike && last.paths.length < room) last.paths.push(...next.paths);
  else rules.push({ ...next, paths: [...next.paths] });
  return rules;
}

const matchesPattern = (path: string, pattern: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(path);

/** The service a load balancer with these rules would send the request to; undefined where its default action answers. */
export function matchListenerRule(rules: ListenerRule[], method: string, path: string): ServiceName | undefined {
  return rules
    .toSorted((a, b) => a.priority - b.priority)
    .find(
      ({ methods, paths }) =>
        (methods.length === 0 || methods.includes(method)) && paths.some((pattern) => matchesPattern(path, pattern)),
    )?.service;
}
