import { expect } from 'chai';
import fc from 'fast-check';
import { PROBLEM_STATUS } from '../../../shared/contracts/api/problem.ts';
import type { Route } from '../../../shared/contracts/api/route.ts';
import { methodsAt, routeList } from '../../../shared/contracts/api/routes.ts';
import {
  compileListenerRules,
  DEFAULT_ANSWER,
  type ListenerRule,
  matchListenerRule,
  RULE_LIMITS,
} from '../../../shared/contracts/listener-rules.ts';
import { HEALTH_PATHS, METRICS_PATH, SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { ERRORS } from '../../../shared/domain/errors.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A value for every parameter of the route table, as clients send it; two values for parameters whose characters could confuse patterns. */
const SAMPLES: Record<string, string[]> = {
  imageId: ['0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11'],
  rendition: ['thumb', 'original', 'renditions'],
  file: ['0123456789abcdef0123456789abcdef.webp'],
  uploadId: ['7c1f0c0e-8f39-4b57-9a55-0f7f6a0c5a10'],
  partNumber: ['1', '10000'],
  // A load balancer may decode a path before it compares it.
  owner: ['local', 'auth0%7C1', 'https%3A%2F%2Fidp.example%2Fu%2F1', 'https://idp.example/v1/images/1', '%2E%2E'],
  asset: ['swagger-ui.css', 'start.js'],
};

const rules = compileListenerRules();

const sampled = (path: string): string[] => {
  const [placeholder, name = ''] = /\{(\w+)\}/.exec(path) ?? [];
  if (!placeholder) return [path];
  return (SAMPLES[name] ?? []).flatMap((value) => sampled(path.replace(placeholder, value)));
};

const tablePaths = [...new Set(routeList.map(({ path }) => path))];
const wrongMethods = tablePaths.flatMap((path) =>
  METHODS.filter((method) => !methodsAt(path).includes(method)).flatMap((method) =>
    sampled(path).map((sample) => ({ method, path, sample })),
  ),
);

describe('listener rules', () => {
  it('have at most three values in a condition and five in a rule', () => {
    expect(RULE_LIMITS).to.deep.equal({
      valuesPerCondition: 3,
      valuesPerRule: 5,
      wildcardsPerRule: 5,
      patternLength: 128,
    });
    for (const { methods, paths } of rules) {
      expect(Math.max(methods.length, paths.length)).to.be.at.most(3);
      expect(methods.length + paths.length).to.be.at.most(5);
      expect(paths).to.not.be.empty;
    }
  });

  it('have at most five wildcards in a rule', () => {
    for (const { priority, paths } of rules) {
      expect(paths.join('').replaceAll(/[^*?]/g, '').length, `rule ${priority}`).to.be.at.most(5);
    }
  });

  it('are not more than a load balancer takes', () => {
    expect(rules.length).to.be.within(1, 100);
  });

  it('have patterns that the load balancer takes', () => {
    for (const path of rules.flatMap(({ paths }) => paths)) expect(path).to.match(/^\/[\w\-.$/~"'@:+&*?]{0,127}$/);
  });

  it('have different priorities from 1 to 50,000', () => {
    const priorities = rules.map(({ priority }) => priority);
    expect(new Set(priorities).size).to.equal(priorities.length);
    for (const priority of priorities) expect(priority).to.satisfy(Number.isInteger).and.to.be.within(1, 50_000);
  });

  it('are tested with a sample for every parameter of the table', () => {
    const parameters = tablePaths.flatMap((path) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(Object.keys(SAMPLES)).to.include.members(parameters);
  });

  for (const { operationId, service, method, path } of routeList) {
    for (const accepted of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
      it(`bring ${accepted} of ${operationId} to ${service}`, () => {
        for (const sample of sampled(path))
          expect(matchListenerRule(rules, accepted, sample), sample).to.equal(service);
      });
    }
  }

  for (const { operationId, service, path } of routeList.filter(({ slashed }) => slashed)) {
    it(`bring ${operationId} with a slash at its end to ${service}, which redirects to the path`, () => {
      expect(matchListenerRule(rules, 'GET', `${path}/`)).to.equal(service);
    });
  }

  for (const { method, path, sample } of wrongMethods) {
    it(`bring ${method} ${sample} to a service that knows the path and can answer 405`, () => {
      const services = routeList.filter((route) => route.path === path).map(({ service }) => service);
      expect(matchListenerRule(rules, method, sample)).to.be.oneOf(services);
    });
  }

  for (const path of [
    '/v1',
    '/v1/',
    '/v2/images',
    '/v1/imagesx',
    '/V1/images',
    '/v1/Images',
    '/OPENAPI.JSON',
    '/openapi.json/',
    '//v1/images',
    '/docsx',
    '/v1/limits/x',
    '/robots.txt',
    ...Object.values(HEALTH_PATHS),
    METRICS_PATH,
  ]) {
    it(`bring ${path} to no service`, () => {
      for (const method of METHODS) expect(matchListenerRule(rules, method, path), method).to.equal(undefined);
    });
  }

  it('never lead to a worker', () => {
    const reached = new Set(rules.map(({ service }) => service));
    expect(SERVICE_NAMES.filter((service) => !reached.has(service))).to.deep.equal(['worker']);
  });

  it('keep the limits for any table', () => {
    const routes: Route[] = Array.from({ length: 40 }, (_, index) => ({
      service: index % 2 ? 'download' : 'sync-upload',
      method: (['GET', 'POST', 'PUT', 'DELETE'] as const)[index % 4] ?? 'GET',
      path: `/v1/things-${index % 20}/{id}`,
      scope: 'public',
      audit: 'never',
      summary: '',
      responses: {},
      problems: [],
    }));
    for (const { methods, paths } of compileListenerRules(routes)) {
      expect(methods.length + paths.length).to.be.at.most(5);
      expect(paths.length).to.be.within(1, 3);
    }
  });
});

/** The names, by which Terraform knows them, of rules that another table adds, removes or changes. */
function changedBy(routes: readonly Route[], table: readonly Route[] = routeList): string[] {
  const told = (list: readonly Route[]) =>
    new Map(compileListenerRules(list).map((rule) => [rule.name, JSON.stringify(rule)]));
  const [before, after] = [told(table), told(routes)];
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}

const made = (path: string, members: Partial<Route> = {}): Route => ({
  service: 'download',
  method: 'GET',
  path,
  scope: 'public',
  audit: 'never',
  summary: '',
  responses: {},
  problems: [],
  ...members,
});

describe('listener rules after a change of the route table', () => {
  for (const [index, { operationId, path }] of routeList.entries()) {
    it(`stay as they are, except at its path, when ${operationId} is removed or added`, () => {
      const without = routeList.toSpliced(index, 1);
      const atPath = compileListenerRules()
        .filter(({ paths }) => paths.includes(path.replace(/\{\w+\}/g, '*')))
        .map(({ name }) => name);
      expect(atPath).to.include.members(changedBy(without));
      expect(atPath).to.include.members(changedBy(routeList, without));
    });
  }

  it('have one more for a route with a new path, wherever it is in the table', () => {
    const counts = ['/v1/images/{imageId}/faces', '/v1/presets', '/v1/presets/{preset}', '/about'].flatMap((path) =>
      [0, 7, routeList.length].map((index) => changedBy(routeList.toSpliced(index, 0, made(path) as never)).length),
    );
    expect(counts).to.deep.equal(counts.map(() => 1));
  });

  it('have one more for a method that another service answers, and no more for one that the same service answers', () => {
    const added = (members: Partial<Route>) => changedBy([...routeList, made('/v1/limits', members)]);
    expect(added({ method: 'PUT', service: 'sync-upload' })).to.deep.equal(['put-v1-limits']);
    expect(added({ method: 'PUT' })).to.deep.equal([]);
  });

  it('are refused if two have the same priority, with the advice to give a rulePlace', () => {
    const paths = Array.from({ length: 200 }, (_, index) => `/v1/thing-${index}`);
    const priorityOf = (path: string) => compileListenerRules([made(path)])[0]?.priority;
    const [first = '', second = ''] = paths.flatMap((path, index) => {
      const other = paths.slice(0, index).find((each) => priorityOf(each) === priorityOf(path));
      return other ? [other, path] : [];
    });
    expect(() => compileListenerRules([made(first), made(second)])).to.throw(/rulePlace/);
    expect(compileListenerRules([made(first), made(second, { rulePlace: 1 })])).to.have.length(2);
  });

  it('refuse patterns with too many slashes or parameters', () => {
    expect(() => compileListenerRules([made('/1/2/3/4/5/6/7/8/9')])).to.throw(/8 slashes/);
    expect(() => compileListenerRules([made('/{a}/{b}/{c}/{d}/{e}')])).to.throw(/4 parameters/);
  });

  it('bring every request to the route of its own path, even if other patterns match it', () => {
    const noun = fc.constantFrom('a', 'b', 'original');
    const service = fc.constantFrom('sync-upload', 'async-upload', 'download');
    const path = fc
      .array(noun, { minLength: 1, maxLength: 3 })
      .chain((nouns) => fc.boolean().map((isOfOne) => `/v1/${nouns.join('/{id}/')}${isOfOne ? '/{id}' : ''}`));
    // A table with two rules of the same priority is refused.
    const selector = (row: { path: string }) => compileListenerRules([made(row.path)])[0]?.priority;
    const table = fc.uniqueArray(fc.record({ path, service }), { selector, maxLength: 20 });
    const value = fc.constantFrom('1', 'a', 'original');
    fc.assert(
      fc.property(table, value, (rows, id) => {
        const compiled = compileListenerRules(rows.map((row) => made(row.path, row as Partial<Route>)));
        for (const row of rows)
          expect(matchListenerRule(compiled, 'GET', row.path.replaceAll('{id}', id)), row.path).to.equal(row.service);
      }),
    );
  });
});

describe('rule matching', () => {
  const rule = (priority: number, service: ListenerRule['service'], methods: string[], path: string): ListenerRule => ({
    priority,
    service,
    methods,
    paths: [path],
  });

  for (const [pattern, path, expected] of [
    ['/a/*', '/a/', true],
    ['/a/*', '/a/b/c', true],
    ['/a/*', '/a', false],
    ['/a/*/c', '/a/b/b/c', true],
    ['/a.b', '/axb', false],
    ['/a+b', '/a+b', true],
    ['/a', '/A', false],
    ['/a', '/a/', false],
    ['/a', '/a\n', false],
  ] as const) {
    it(`${expected ? 'finds' : 'does not find'} ${JSON.stringify(path)} by ${pattern}`, () => {
      const found = matchListenerRule([rule(1, 'download', [], pattern)], 'GET', path);
      expect(found).to.equal(expected ? 'download' : undefined);
    });
  }

  it('takes the lowest priority that matches, in whatever order the rules come', () => {
    const ordered = [rule(1, 'worker', ['PUT'], '/*'), rule(2, 'download', [], '/a'), rule(3, 'sync-upload', [], '/*')];
    expect(matchListenerRule(ordered.toReversed(), 'GET', '/a')).to.equal('download');
    expect(matchListenerRule(ordered.toReversed(), 'PUT', '/a')).to.equal('worker');
    expect(matchListenerRule(ordered.toReversed(), 'GET', '/b')).to.equal('sync-upload');
  });
});

describe('the default answer', () => {
  it('is the problem that a service would answer', () => {
    const body = JSON.parse(DEFAULT_ANSWER.body);
    expect(body).to.include({
      code: 'route_not_found',
      title: ERRORS.route_not_found.title,
      status: PROBLEM_STATUS.route_not_found,
      type: 'urn:image-service:problem:route_not_found',
    });
    expect(DEFAULT_ANSWER.status).to.equal(PROBLEM_STATUS.route_not_found);
  });

  it('is short and plain enough for a fixed response', () => {
    expect(Buffer.byteLength(DEFAULT_ANSWER.body)).to.be.at.most(1024);
    expect(DEFAULT_ANSWER.contentType).to.be.oneOf([
      'text/plain',
      'text/css',
      'text/html',
      'application/javascript',
      'application/json',
    ]);
  });
});
