import { createHash } from 'node:crypto';
import { ImageServiceError } from '../domain/errors.ts';
import { PROBLEM_STATUS, toProblem } from './api/problem.ts';
import { type Route, routeList } from './api/routes.ts';
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

/** One of the route table. Its name and priority come from its own method and path, so that they stay when other routes come and go. */
export interface RouteRule extends ListenerRule {
  /** Unique: `v1-images-x-original`, or `get-v1-images` where only that method is meant. */
  name: string;
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

const patternOf = ({ path }: Pick<Route, 'path'>): string => path.replace(/\{[^{}]+\}/g, '*');

/** A pattern in the letters of names: `v1-images-x-original` of `/v1/images/{…}/original`. */
export const nameOfPattern = (pattern: string): string =>
  pattern
    .slice(1)
    .replaceAll('*', 'x')
    .replace(/[^A-Za-z0-9]+/g, '-') || 'root';

/** Below are those of rules that go before the route table's. */
const FIRST_PRIORITY = 4000;

/** Slashes and wildcards of a pattern at most. */
const DEEPEST = 8;
const MOST_WILDCARDS = 4;

/** What the priorities of patterns with as many slashes and wildcards are of: first rules of a method, then those of any. */
const PLACES_OF_METHODS = 350;
const PLACES = 1150;

/**
 * Compiles the route table into rules: every path, so that a wrong method reaches a service that answers 405 and not the load balancer's 404,
 * and before it the methods at this path that another service answers. A rule is one path, so that a route that comes or goes changes no other.
 */
export function compileListenerRules(routes: readonly Route[] = routeList): RouteRule[] {
  const rules = routes.flatMap((route): RouteRule[] => {
    const first = routes.find((each) => patternOf(each) === patternOf(route)) ?? route;
    if (first === route) return [ruleOf(route, [])];
    if (first.service === route.service) return [];
    return [ruleOf(route, route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])];
  });
  return rules.toSorted((a, b) => a.priority - b.priority).map(refuseShared);
}

function ruleOf(route: Route, methods: string[]): RouteRule {
  const pattern = patternOf(route);
  const [method] = methods;
  const name = [...(method ? [method.toLowerCase()] : []), nameOfPattern(pattern)].join('-');
  return { name, priority: priorityOf(route, method), service: route.service, methods, paths: [pattern] };
}

/** ALB refuses the second. To move one on by itself would let it change whenever the other comes or goes. */
function refuseShared(rule: RouteRule, index: number, rules: RouteRule[]): RouteRule {
  const before = rules[index - 1];
  if (before?.priority !== rule.priority) return rule;
  throw new Error(
    `The load balancer's rules ${before.name} and ${rule.name} have one priority, ${rule.priority}: give the newer route a rulePlace in shared/contracts/api/routes.ts, any number`,
  );
}

/**
 * Where a rule stands. `*` may stand for slashes too, so a pattern covers paths of as many slashes as it has, or more: what has more goes first,
 * and of as many what has fewer wildcards, so that every request meets its own pattern before any that only covers it. Among the rest, which do not
 * overlap, the order does not matter, and a rule's own text decides.
 */
function priorityOf(route: Route, method?: string): number {
  const pattern = patternOf(route);
  const [slashes, wildcards] = [pattern.split('/').length - 1, pattern.split('*').length - 1];
  if (slashes > DEEPEST || wildcards > MOST_WILDCARDS)
    throw new Error(
      `${pattern}: the load balancer's rules have room for ${DEEPEST} slashes and ${MOST_WILDCARDS} parameters`,
    );
  const kind = (DEEPEST - slashes) * (MOST_WILDCARDS + 1) + wildcards;
  const text = `${pattern}${route.rulePlace ?? ''}`;
  const place = method
    ? placeOf(`${method} ${text}`, PLACES_OF_METHODS)
    : PLACES_OF_METHODS + placeOf(text, PLACES - PLACES_OF_METHODS);
  return FIRST_PRIORITY + kind * PLACES + place;
}

/** A number below the places that a text always has, spread so that two texts seldom share one. */
export const placeOf = (text: string, places: number): number =>
  createHash('sha256').update(text).digest().readUInt32BE() % places;

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
