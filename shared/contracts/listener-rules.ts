import { ImageServiceError } from '../domain/errors.ts';
import { PROBLEM_STATUS, toProblem } from './problem.ts';
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
export const RULE_LIMITS = {
  valuesPerCondition: 3,
  valuesPerRule: 5,
  wildcardsPerRule: 5,
  patternLength: 128,
} as const;

/** What the load balancer answers itself where no rule matches. ALB offers no problem+json content type for fixed responses. */
export const DEFAULT_ANSWER = {
  status: PROBLEM_STATUS.route_not_found,
  contentType: 'application/json',
  body: JSON.stringify(toProblem(noService())),
} as const;

/** Why nobody answers what no rule matches. */
export function noService(): ImageServiceError {
  return new ImageServiceError('route_not_found', 'No service answers this path. GET /openapi.json lists the routes.');
}

type Candidate = Omit<ListenerRule, 'priority'>;

const pattern = (path: string): string => path.replace(/\{[^{}]+\}/g, '*');
const literalLength = ({ paths: [path = ''] }: Candidate): number => path.replaceAll('*', '').length;

/** Longer patterns first, because a shorter one's `*` may stand for what they spell out; of one length, those with a method. */
const bySpecificity = (a: Candidate, b: Candidate): number =>
  literalLength(b) - literalLength(a) || b.methods.length - a.methods.length || a.service.localeCompare(b.service);

/**
 * Compiles the route table into rules: every route by method and path, and every path alone, so that a wrong method reaches a
 * service that answers 405 and not the load balancer's 404.
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
  return [...exact, ...anyMethod]
    .sort(bySpecificity)
    .reduce(mergeIntoLast, [])
    .map((rule, index) => ({ priority: (index + 1) * 10, ...rule }));
}

/** Adds a candidate to the rule before it where both mean the same service and methods and the limits leave room. */
function mergeIntoLast(rules: Candidate[], next: Candidate): Candidate[] {
  const last = rules.at(-1);
  const alike = last?.service === next.service && last.methods.join() === next.methods.join();
  if (last && alike && fits({ ...next, paths: [...last.paths, ...next.paths] })) last.paths.push(...next.paths);
  else rules.push({ ...next, paths: [...next.paths] });
  return rules;
}

const fits = ({ methods, paths }: Candidate): boolean =>
  paths.length <= RULE_LIMITS.valuesPerCondition &&
  methods.length + paths.length <= RULE_LIMITS.valuesPerRule &&
  paths.join('').split('*').length - 1 <= RULE_LIMITS.wildcardsPerRule;

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
