import { expect } from 'chai';
import { ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { compileListenerRules, DEFAULT_ANSWER, RULE_LIMITS } from '../../../shared/contracts/listener-rules.ts';
import { HEALTH_PATHS, METRICS_PATH, SERVICES } from '../../../shared/contracts/services.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { BYTE_PATHS } from '../../../stacks/edge/cdn-routes.ts';
import {
  type Arguments,
  all,
  DEPLOYMENT,
  destinationOf,
  entrance,
  only,
  routedRequests,
  type Synthesised,
} from '../../support/stacks/entrance.ts';

const withoutCdn = entrance({ cdn: { enabled: false } });
const withCdn = entrance();

const listener = (port: number, synthesised = withoutCdn): Arguments =>
  all(synthesised, 'lb_listener').find((each) => each.port === port) ?? {};

const matches = (path: string, pattern: string) =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(path);
const isOfBytes = (path: string) => BYTE_PATHS.some((pattern) => matches(path, pattern));

describe('listener rules of the load balancer', () => {
  for (const { method, path, service } of routedRequests) {
    it(`send ${method} ${path} to ${service}`, () => {
      expect(destinationOf(withoutCdn, { method, path })).to.equal(service);
      expect(destinationOf(withCdn, { method, path, isFromCdn: true })).to.equal(service);
    });
  }

  it('redirect only requests for bytes without the CDN’s secret to the CDN', () => {
    for (const { method, path, service } of routedRequests) {
      const isRedirected = isOfBytes(path) && ['GET', 'HEAD'].includes(method);
      expect(destinationOf(withCdn, { method, path }), `${method} ${path}`).to.equal(
        isRedirected ? 'redirect' : service,
      );
    }
    expect(routedRequests.filter(({ path }) => isOfBytes(path))).to.have.length(6);
  });

  it('forward nothing to health, metrics and unknown paths', () => {
    const paths = [HEALTH_PATHS.liveness, HEALTH_PATHS.readiness, METRICS_PATH, '/v1', '/v2/images', '/V1/images'];
    for (const path of paths) {
      for (const synthesised of [withoutCdn, withCdn]) {
        expect(destinationOf(synthesised, { method: 'GET', path, isFromCdn: true }), path).to.equal(undefined);
      }
    }
  });

  it('have no more values than a rule may have', () => {
    for (const synthesised of [withoutCdn, withCdn]) {
      for (const { condition, priority } of all(synthesised, 'lb_listener_rule')) {
        const counts = condition.map((each: Arguments) =>
          // The list of two secrets is known only after the apply.
          each.http_header ? 2 : Object.values(each).flatMap(({ values }) => values).length,
        );
        const total = counts.reduce((sum: number, count: number) => sum + count, 0);
        expect(total, `rule ${priority}`).to.be.within(1, RULE_LIMITS.valuesPerRule);
      }
    }
  });

  it('have ids and priorities from the names of routes, not from their order', () => {
    const told = Object.entries(withCdn.resource.aws_lb_listener_rule ?? {}).map(([id, { priority }]) => ({
      id,
      priority,
    }));
    const compiled = compileListenerRules().map(({ name, priority }) => ({ id: `rule-${name}`, priority }));
    expect(told.filter(({ id }) => id.startsWith('rule-'))).to.have.deep.members(compiled);
    const header = told.map(({ id }) => id).filter((id) => !id.startsWith('rule-'));
    const names = ['v1-images-x-original', 'v1-images-x-renditions-x', 'v1-images-x-files-x'];
    expect(header).to.have.members(
      ['guarded', 'key', 'redirect'].flatMap((kind) => names.map((name) => `${kind}-rule-${name}`)),
    );
  });

  it('redirect by HTTPS to the same path', () => {
    const rules = all(withCdn, 'lb_listener_rule').filter(({ action }) => action[0].redirect);
    expect(rules).to.have.length(BYTE_PATHS.length);
    for (const { depends_on } of rules) expect(depends_on).to.deep.equal(['aws_cloudfront_distribution.distribution']);
    const redirects = rules.map(({ action }) => action[0].redirect);
    for (const redirect of redirects)
      expect(redirect).to.include({ protocol: 'HTTPS', port: '443', host: 'cdn.example.com', path: '/#{path}' });
  });
});

describe('listeners', () => {
  it('have a default answer that is no longer than AWS allows', () => {
    expect(Buffer.byteLength(DEFAULT_ANSWER.body)).to.be.at.most(1024);
  });

  it('let any web page read the load balancer’s own answers', () => {
    const settings = { certificateArn: undefined, domainName: undefined, allowHttp: true } as object;
    const [http] = all(entrance({ loadBalancer: settings, cdn: { enabled: false } }), 'lb_listener');
    for (const each of [listener(443), http]) {
      expect(each?.routing_http_response_access_control_allow_origin_header_value).to.equal('*');
    }
  });

  it('use HTTP without a certificate only if the settings allow it', () => {
    const settings = { certificateArn: undefined, domainName: undefined } as object;
    const allowed = entrance({ loadBalancer: { ...settings, allowHttp: true }, cdn: { enabled: false } });
    expect(all(allowed, 'lb_listener').map(({ port }) => port)).to.deep.equal([80]);
    expect(destinationOf(allowed, { method: 'GET', path: '/v1/images' })).to.equal('download');
    expect(() => entrance({ loadBalancer: settings })).to.throw(/certificateArn is missing.*allowHttp/);
  });

  it('use HTTPS only on an internal load balancer', () => {
    const internal = entrance({ cdn: { vpcOrigin: true } });
    expect(all(internal, 'lb_listener').map(({ port }) => port)).to.deep.equal([443]);
  });
});

describe('target groups', () => {
  const groups = all(withoutCdn, 'lb_target_group');

  it('check the liveness of services and not their readiness', () => {
    for (const { health_check } of groups) expect(health_check.path).to.equal(HEALTH_PATHS.liveness);
  });

  it('exist for each service behind the load balancer', () => {
    const services = groups.map(({ tags }) => tags.Service);
    expect(services).to.have.members(Object.keys(SERVICES).filter((service) => service !== 'worker'));
  });

  it('give running uploads time for 25 MiB over the slowest connection, or any image over one four times as fast', () => {
    const longest = ENVIRONMENT.UPLOAD_TIMEOUT_SECONDS.validate(undefined).value;
    const slowest = LIMITS.syncUploadBytes / longest;
    const uploads = groups.filter(({ tags }) => tags.Service.endsWith('upload'));
    expect(uploads).to.have.length(2);
    for (const { deregistration_delay } of uploads) {
      const seconds = Number(deregistration_delay);
      expect(seconds * slowest).to.be.at.least(25 * 2 ** 20);
      expect(seconds * 4 * slowest).to.be.at.least(LIMITS.syncUploadBytes);
      expect(seconds, 'the delay of each stop of a task').to.be.at.most(300);
    }
  });
});

describe('load balancer', () => {
  it('is protected, in the public subnets, and writes logs to the log bucket', () => {
    const lb = only(withCdn, 'lb');
    expect(lb).to.include({ internal: false, enable_deletion_protection: true });
    expect(lb.subnets.join()).to.include('public-subnet').and.not.include('private-subnet');
    expect(lb.access_logs).to.include({ bucket: 'image-service-test-logs-111122223333', enabled: true });
  });

  it('writes no logs if the settings switch them off', () => {
    expect(only(entrance({ loadBalancer: { accessLogs: false } }), 'lb').access_logs).to.equal(undefined);
  });

  it('closes idle connections before the services do', () => {
    expect(() => entrance({ loadBalancer: { idleTimeoutSeconds: 120 } })).to.throw(/set at most 60/);
  });

  it('is internal behind a VPC origin, under another name, for CloudFront and the network only', () => {
    const internal = entrance({ cdn: { vpcOrigin: true } });
    const lb = only(internal, 'lb');
    expect(lb.internal).to.equal(true);
    expect(lb.name).to.not.equal(only(withCdn, 'lb').name);
    expect(lb.subnets.join()).to.include('private-subnet').and.not.include('public-subnet');
    const cidrs = all(internal, 'vpc_security_group_ingress_rule').flatMap(({ cidr_ipv4 }) => cidr_ipv4 ?? []);
    expect(cidrs).to.deep.equal(['10.0.0.0/16']);
    expect(internal.data.aws_ec2_managed_prefix_list).to.have.property('cdn-prefix-list');
    expect(internal.data.aws_ssm_parameter).to.equal(undefined);
  });
});

describe('web ACL', () => {
  const acl = only(withoutCdn, 'wafv2_web_acl');
  const [rateLimit, ...managed] = acl.rule;
  const regional = (synthesised: Synthesised): Arguments =>
    all(synthesised, 'wafv2_web_acl').find(({ scope }) => scope === 'REGIONAL') ?? {};

  it('protects the load balancer if the settings say so', () => {
    expect(only(withoutCdn, 'wafv2_web_acl_association').resource_arn).to.include('aws_lb.');
    const off = entrance({ loadBalancer: { waf: { enabled: false, requestsPerFiveMinutes: 2000 } } });
    expect(all(off, 'wafv2_web_acl_association')).to.deep.equal([]);
  });

  it('limits the rate of one address', () => {
    expect(rateLimit.statement.rate_based_statement.limit).to.equal(2000);
    expect(rateLimit.action.block.custom_response.response_code).to.equal(429);
  });

  it('does not limit the CDN, which it recognises by either secret', () => {
    const [fromCdn, limited] = regional(entrance()).rule;
    expect(fromCdn.action).to.deep.equal({ count: {} });
    expect([fromCdn.priority, limited.priority]).to.deep.equal([0, 1]);
    const { arn, ...match } = fromCdn.statement.regex_pattern_set_reference_statement;
    expect(match).to.deep.equal({
      field_to_match: { single_header: { name: 'x-origin-verify' } },
      text_transformation: { priority: 0, type: 'NONE' },
    });
    expect(arn).to.include('aws_wafv2_regex_pattern_set.origin-secrets');
    const { regular_expression } = only(withCdn, 'wafv2_regex_pattern_set');
    const value = 'split(",", data.aws_ssm_parameter.origin-secret.value)';
    expect(regular_expression.map(({ regex_string }: Arguments) => regex_string)).to.deep.equal([
      `^\${element(${value}, 0)}$`,
      `^\${element(${value}, 1)}$`,
    ]);
    const { not_statement } = limited.statement.rate_based_statement.scope_down_statement;
    const [{ name }] = fromCdn.rule_label;
    expect(not_statement.statement.label_match_statement).to.deep.equal({ scope: 'LABEL', key: name });
  });

  it('recognises a new secret before the CDN sends it', () => {
    const { depends_on } = only(withCdn, 'cloudfront_distribution');
    expect(depends_on).to.include('aws_wafv2_regex_pattern_set.origin-secrets');
  });

  it('has no rate limit if all requests come from the CDN', () => {
    const { rule } = regional(entrance({ cdn: { vpcOrigin: true } }));
    expect(rule.filter(({ statement }: Arguments) => statement.rate_based_statement)).to.deep.equal([]);
  });

  it("only counts matches of AWS's common rules in bodies", () => {
    const groups = managed.map(({ statement }: Arguments) => statement.managed_rule_group_statement);
    const common = groups.find(({ name }: Arguments) => name === 'AWSManagedRulesCommonRuleSet');
    const counted = common.rule_action_override
      .filter(({ action_to_use }: Arguments) => action_to_use.count)
      .map(({ name }: Arguments) => name);
    expect(counted).to.include.members(['SizeRestrictions_BODY', 'CrossSiteScripting_BODY', 'GenericRFI_BODY']);
  });

  it('is in the region of the load balancer', () => {
    expect(acl.provider).to.equal(undefined);
    expect(DEPLOYMENT.region).to.not.equal('us-east-1');
  });
});
