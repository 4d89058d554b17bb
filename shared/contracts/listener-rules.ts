import { createHash } from 'node:crypto';
import { ImageServiceError } from '../domain/errors.ts';
import { PROBLEM_STATUS, toProblem } from './api/problem.ts';
import type { Route } from './api/route.ts';
import { routeList } from './api/routes.ts';
import type { ServiceName } from './services.ts';

/** An ALB listener rule: the conditions that must all hold, and the service whose target group gets the request. */
export interface ListenerRule {
  /** Unique; the lowest matching number wins. */
  priority: number;
  service: ServiceName;
  /** The methods that match; all if the list is empty. */
  methods: string[];
  /** ALB path patterns: case-sensitive; `*` matches any characters, including `/`. */
  paths: string[];
}

/** A rule from the route table. Its name and priority depend on its own method and path only, so that they stay when other routes come and go. */
export interface RouteRule extends ListenerRule {
  /** Unique: `v1-images-x-original`, or `get-v1-images` for a rule with that method only. */
  name: string;
}

/** ALB's limits (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html). */
export const RULE_LIMITS = {
  valuesPerCondition: 3,
  valuesPerRule: 5,
  wildcardsPerRule: 5,
  patternLength: 128,
} as const;

/** The load balancer's own response if no rule matches. ALB offers no problem+json content type for fixed responses. */
export const DEFAULT_ANSWER = {
  status: PROBLEM_STATUS.route_not_found,
  contentType: 'application/json',
  body: JSON.stringify(toProblem(noService())),
} as const;

/** The error for requests that match no rule. */
export function noService(): ImageServiceError {
  return new ImageServiceError('route_not_found', 'No service answers this path. GET /openapi.json lists the routes.');
}

const patternOf = ({ path }: Pick<Route, 'path'>): string => path.replace(/\{[^{}]+\}/g, '*');

/** The name for a pattern: `v1-images-x-original` for `/v1/images/{…}/original`. */
export const nameOfPattern = (pattern: string): string =>
  pattern
    .slice(1)
    .replaceAll('*', 'x')
    .replace(/[^A-Za-z0-9]+/g, '-') || 'root';

/** Lower priorities are for rules that come before those of the route table. */
const FIRST_PRIORITY = 4000;

/** The most slashes and wildcards of a pattern. */
const DEEPEST = 8;
const MOST_WILDCARDS = 4;

/** The number of priorities for patterns with the same number of slashes and wildcards: first for rules with a method, then for those without. */
const PLACES_OF_METHODS = 350;
const PLACES = 1150;

/**
 * Compiles the route table into rules. Every path has a rule for all methods, so that a wrong method reaches a service that answers 405 instead of the load
 * balancer's 404. Methods of the path that another service answers have rules before it. Each rule has one path, so that a new or removed route changes no other rule.
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

/** Refuses two rules with the same priority, as ALB would. Moving one automatically would let it change whenever the other comes or goes. */
function refuseShared(rule: RouteRule, index: number, rules: RouteRule[]): RouteRule {
  const before = rules[index - 1];
  if (before?.priority !== rule.priority) return rule;
  throw new Error(
    `The load balancer's rules ${before.name} and ${rule.name} have the same priority, ${rule.priority}: give the newer route a rulePlace, any number, in its row of the route table, shared/contracts/api/routes.ts`,
  );
}

/**
 * The priority of a rule. `*` matches slashes too, so a pattern also matches paths with more slashes than it has. Patterns with more slashes therefore come first,
 * and among those with the same number the ones with fewer wildcards, so that every request meets its own pattern before any other that matches it. The remaining
 * patterns do not overlap, so their order does not matter, and a hash of the rule's text decides.
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

/** Hashes a text to a number below `places`. */
export const placeOf = (text: string, places: number): number =>
  createHash('sha256').update(text).digest().readUInt32BE() % places;

const matchesPattern = (path: string, pattern: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(path);

/** The service to which a load balancer with these rules would send a request; undefined if its default action answers. */
export function matchListenerRule(rules: ListenerRule[], method: string, path: string): ServiceName | undefined {
  return rules
    .toSorted((a, b) => a.priority - b.priority)
    .find(
      ({ methods, paths }) =>
        (methods.length === 0 || methods.includes(method)) && paths.some((pattern) => matchesPattern(path, pattern)),
    )?.service;
}
