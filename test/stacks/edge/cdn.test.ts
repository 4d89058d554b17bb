import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { LINK_PARAMETERS } from '../../../shared/contracts/api/link.ts';
import { PROBLEM_MEDIA_TYPE } from '../../../shared/contracts/api/problem.ts';
import { ROUTES } from '../../../shared/contracts/api/routes.ts';
import { DEFAULT_ANSWER } from '../../../shared/contracts/listener-rules.ts';
import { ORIGIN_HEADER } from '../../../stacks/edge/origin-secret.ts';
import { shieldRegionOf } from '../../../stacks/edge/shield-region.ts';
import {
  type Arguments,
  all,
  entrance,
  only,
  routedRequests,
  type Synthesised,
  samplePath,
} from '../../support/stacks/entrance.ts';

const synthesised = entrance();
const distribution = only(synthesised, 'cloudfront_distribution');
const byVpcOrigin = entrance({ cdn: { vpcOrigin: true } });

const matches = (path: string, pattern: string) =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(path);

/** The behaviour of CloudFront at a path: the first whose pattern fits, or the default one. */
const behaviourAt = (path: string, from: Arguments = distribution): Arguments =>
  from.ordered_cache_behavior.find(({ path_pattern }: Arguments) => matches(path, path_pattern)) ??
  from.default_cache_behavior;

/** What a reference of a behaviour leads to. */
function referred(reference: string, from: Synthesised = synthesised): Arguments {
  const [, type = '', name = ''] = /\$\{(\w+)\.([\w-]+)\.\w+\}/.exec(reference) ?? [];
  const found = from.resource[type]?.[name];
  if (!found) throw new Error(`${reference} leads nowhere`);
  return found;
}

const codeAt = (path: string): string | undefined => {
  const [association] = behaviourAt(path).function_association ?? [];
  // A doubled sign is what Terraform leaves alone.
  return association && referred(association.function_arn).code.replace(/([$%])\1(?=\{)/g, '$1');
};

const cachePolicyAt = (path: string): Arguments => referred(behaviourAt(path).cache_policy_id);
const forwardedAt = (path: string): Arguments => referred(behaviourAt(path).origin_request_policy_id);
const responseAt = (path: string): Arguments => referred(behaviourAt(path).response_headers_policy_id);

const pathOf = (operation: keyof typeof ROUTES): string => samplePath(ROUTES[operation]);
const BYTES = [pathOf('getOriginal'), pathOf('getRendition'), pathOf('getFile')];
const LIVE = [pathOf('listImages'), pathOf('getImage'), pathOf('getEvents')];
const DOCUMENTS = [
  ...[pathOf('getLimits'), pathOf('getOpenApi'), pathOf('getFavicon')],
  ...[pathOf('getDocs'), pathOf('getDocsAsset'), `${pathOf('getDocs')}/`],
];
/** Of the download service, and yet not for the CDN, through which nobody uploads. */
const FRONT_PAGE = pathOf('getFrontPage');

/** The public half of a key that signs URLs. */
const pem = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

describe('what the CDN passes on', () => {
  for (const { method, path, service } of routedRequests) {
    const isRead = method === 'GET' || method === 'HEAD';

    const isOfCdn = service === 'download' && path !== FRONT_PAGE;

    it(`is ${isOfCdn ? '' : 'not '}${method} ${path}`, () => {
      const behaviour = behaviourAt(path);
      const isPassedOn =
        behaviour.allowed_methods.includes(method) && behaviour !== distribution.default_cache_behavior;
      expect(isPassedOn).to.equal(isOfCdn && isRead);
    });
  }

  it('is nothing but the download service: everything else is a 404 of the edge', () => {
    for (const path of [
      FRONT_PAGE,
      '/v1/uploads',
      '/v1/uploads/1/parts',
      '/health',
      '/ready',
      '/metrics',
      '/robots.txt',
    ]) {
      const answer = runInNewContext(`${codeAt(path)}\nhandler({})`);
      expect(answer.statusCode).to.equal(DEFAULT_ANSWER.status);
      expect(answer.headers['content-type'].value).to.equal(PROBLEM_MEDIA_TYPE);
      expect(answer.headers['access-control-allow-origin'].value).to.equal('*');
      expect(answer.body.data).to.equal(DEFAULT_ANSWER.body);
    }
  });

  it('may be asked beforehand, which is not kept', () => {
    for (const path of [...LIVE, ...BYTES, ...DOCUMENTS]) {
      expect(behaviourAt(path).allowed_methods).to.deep.equal(['GET', 'HEAD', 'OPTIONS']);
      expect(behaviourAt(path).cached_methods).to.deep.equal(['GET', 'HEAD']);
    }
  });

  it('has the origin that a page asks from, and what it asks beforehand', () => {
    for (const path of [...LIVE, ...BYTES, ...DOCUMENTS]) {
      const { header_behavior, headers } = forwardedAt(path).headers_config;
      expect(header_behavior).to.equal('allExcept');
      expect(headers.items.filter((name: string) => /^(origin|access-control-)/.test(name))).to.deep.equal([]);
    }
  });
});

describe('the cache of the CDN', () => {
  for (const path of BYTES) {
    it(`keeps ${path} under its path, the name of a download and a signed link alone`, () => {
      const key = cachePolicyAt(path).parameters_in_cache_key_and_forwarded_to_origin;
      expect(key.headers_config).to.deep.equal({ header_behavior: 'none' });
      expect(key.cookies_config).to.deep.equal({ cookie_behavior: 'none' });
      expect(key.query_strings_config.query_strings.items).to.have.members(['download', ...LINK_PARAMETERS]);
      expect(behaviourAt(path).compress).to.equal(false);
    });
  }

  for (const path of [...BYTES, ...DOCUMENTS]) {
    it(`asks the origin for ${path} without what its key lacks`, () => {
      const { headers_config, cookies_config, query_strings_config } = forwardedAt(path);
      expect(headers_config.header_behavior).to.equal('allExcept');
      expect(headers_config.headers.items).to.deep.equal(['host', 'accept']);
      expect(cookies_config.cookie_behavior).to.equal('none');
      expect(query_strings_config.query_string_behavior).to.equal('none');
    });
  }

  for (const path of LIVE) {
    it(`keeps nothing of ${path}, and passes on what the client sends, by HTTPS only`, () => {
      expect(behaviourAt(path).cache_policy_id).to.equal(CACHING_DISABLED);
      expect(behaviourAt(path).viewer_protocol_policy).to.equal('https-only');
      // Compression would hold events back.
      expect(behaviourAt(path).compress).to.equal(false);
      expect(forwardedAt(path).headers_config.headers.items).to.deep.equal(['host']);
      expect(forwardedAt(path).query_strings_config.query_string_behavior).to.equal('all');
    });
  }

  it('has the format in the path, of renditions only, by the code as it was tested', () => {
    const tested = readFileSync(new URL('../../../stacks/edge/accept.js', import.meta.url), 'utf8');
    expect(codeAt(pathOf('getRendition'))).to.equal(tested);
    const deployed = all(synthesised, 'cloudfront_function').map(({ code }) => code);
    expect(deployed.join('')).to.not.match(/(^|[^$])\$\{|(^|[^%])%\{/);
    for (const path of [...LIVE, ...DOCUMENTS, pathOf('getOriginal'), pathOf('getFile')]) {
      expect(codeAt(path), path).to.equal(undefined);
    }
  });

  it('keeps no error for longer than a second on its own account', () => {
    const ttls = distribution.custom_error_response.map((each: Arguments) => [
      each.error_code,
      each.error_caching_min_ttl,
    ]);
    const expected = Object.fromEntries(ttls);
    for (const code of [400, 403, 404, 405, 414, 416]) expect(expected[code]).to.equal(0);
    for (const code of [500, 501, 502, 503, 504]) expect(expected[code]).to.equal(1);
    // Of other codes CloudFront refuses a decision.
    expect(ttls).to.have.length(11);
  });

  it('has one more in the region of the origin where the settings say so', () => {
    expect(distribution.origin[0].origin_shield).to.deep.equal({ enabled: true, origin_shield_region: 'eu-west-1' });
    const without = only(entrance({ cdn: { originShield: false } }), 'cloudfront_distribution');
    expect(without.origin[0].origin_shield).to.equal(undefined);
  });

  it('has it where AWS recommends it for a region that has none', () => {
    expect(['eu-west-2', 'eu-west-3', 'eu-north-1', 'ca-central-1', 'eu-south-2'].map(shieldRegionOf)).to.deep.equal([
      ...['eu-west-2', 'eu-west-2', 'eu-west-2', 'us-east-1'],
      undefined,
    ]);
  });
});

describe('answers of the CDN', () => {
  for (const path of [...BYTES, ...LIVE, ...DOCUMENTS]) {
    it(`at ${path} keep browsers to HTTPS and to the type`, () => {
      const { security_headers_config: headers } = responseAt(path);
      expect(headers.strict_transport_security.access_control_max_age_sec).to.be.at.least(31_536_000);
      expect(headers.content_type_options.override).to.equal(true);
    });
  }

  it('let nothing run that is opened as a page, where the origin says nothing of it', () => {
    for (const path of BYTES) {
      const { content_security_policy: policy } = responseAt(path).security_headers_config;
      expect(policy.content_security_policy).to.match(/default-src 'none'.*sandbox/);
      expect(policy.override).to.equal(false);
    }
  });

  it('say of renditions alone that they depend on Accept', () => {
    const isVaried = (path: string) =>
      (responseAt(path).custom_headers_config?.items ?? []).some(({ header }: Arguments) => header === 'vary');
    expect([...BYTES, ...LIVE, ...DOCUMENTS].filter(isVaried)).to.deep.equal([pathOf('getRendition')]);
  });
});

describe('the origin of the CDN', () => {
  const [origin] = distribution.origin;

  const headersOfRules = () =>
    all(synthesised, 'lb_listener_rule').flatMap(({ condition }) =>
      condition.flatMap(({ http_header }: Arguments) => http_header ?? []),
    );
  const secrets = (): Arguments[] =>
    headersOfRules().filter(({ http_header_name }) => http_header_name === ORIGIN_HEADER);

  it('is left out by clients who show a key, for bytes alone', () => {
    const keys = headersOfRules().filter(({ http_header_name }) => http_header_name !== ORIGIN_HEADER);
    expect(keys).to.deep.equal(BYTES.map(() => ({ http_header_name: 'Authorization', values: ['Bearer *'] })));
  });

  it('hears the secret that its listener rules take, from SSM, and waits for these', () => {
    expect(origin.custom_header).to.have.length(1);
    expect(origin.custom_header[0].name).to.equal(ORIGIN_HEADER);
    expect(secrets()).to.have.length(3);
    for (const { values } of secrets()) {
      // All of them, so that the old one opens until the new one is known everywhere.
      expect(values).to.match(/^\$\{split\(","/);
      expect(origin.custom_header[0].value).to.include(String(values).slice(2, -1));
    }
    const [parameter] = Object.values(synthesised.data.aws_ssm_parameter ?? {});
    expect(parameter?.name).to.equal('/image-service/test/secrets/origin-verify');
    expect(parameter?.lifecycle.postcondition).to.have.length(1);
    expect(distribution.depends_on.filter((each: string) => each.includes('guarded-rule'))).to.have.length(3);
  });

  it('is refused by a plan where it could be guessed, or would be a pattern', () => {
    const [parameter] = Object.values(synthesised.data.aws_ssm_parameter ?? {});
    const [, pattern = ''] = /regex\("(.+)", self/.exec(parameter?.lifecycle.postcondition[0].condition) ?? [];
    const takes = (secret: string) => new RegExp(pattern).test(secret);
    const secret = 'a'.repeat(32);
    for (const good of [secret, `${secret},${'b'.repeat(128)}`]) expect(takes(good), good).to.equal(true);
    for (const bad of ['', 'a', '*', `${secret}*`, `${secret},`, `${secret},${secret},${secret}`, 'a'.repeat(129)])
      expect(takes(bad), bad).to.equal(false);
  });

  it('is shown by an output but for its secret, for which a plan hides it', () => {
    const { custom_header: _, ...shown } = origin;
    const told = JSON.parse(String(synthesised.output['cdn-origin']?.value));
    expect(told.domainName).to.equal(shown.domain_name);
    expect(told.customOriginConfig.originProtocolPolicy).to.equal('https-only');
    expect(Object.keys(told)).to.have.length(Object.keys(shown).length);
    expect(JSON.stringify(told)).to.not.include('ssm_parameter');
  });

  it('has no secret in the text of the stack', () => {
    const values = [origin.custom_header[0].value, ...secrets().map(({ values }) => values)];
    for (const value of values.map(String)) expect(value).to.include('data.aws_ssm_parameter');
  });

  it('is reached inside the network by a VPC origin, without a secret, whose tags nobody touches', () => {
    const [inside] = only(byVpcOrigin, 'cloudfront_distribution').origin;
    const vpcOrigin = only(byVpcOrigin, 'cloudfront_vpc_origin');
    expect(inside.custom_origin_config).to.equal(undefined);
    expect(inside.custom_header).to.equal(undefined);
    expect(inside.vpc_origin_config.origin_read_timeout).to.equal(60);
    expect(vpcOrigin.vpc_origin_endpoint_config[0].arn).to.include('aws_lb.');
    expect(vpcOrigin.lifecycle.ignore_changes).to.include('tags');
  });

  it('must have the name of its certificate', () => {
    expect(() => entrance({ loadBalancer: { domainName: undefined } as object })).to.throw(/domainName is missing/);
  });
});

describe('settings of the CDN', () => {
  it('leave it out', () => {
    const without = entrance({ cdn: { enabled: false } });
    expect(Object.keys(without.resource).filter((type) => type.startsWith('aws_cloudfront'))).to.deep.equal([]);
    expect(without.data.aws_ssm_parameter).to.equal(undefined);
  });

  it('give it names with a certificate, which its own do without', () => {
    expect(distribution.aliases).to.deep.equal(['cdn.example.com']);
    expect(distribution.viewer_certificate).to.include({
      minimum_protocol_version: 'TLSv1.2_2021',
      ssl_support_method: 'sni-only',
    });
    const plain = { certificateArn: undefined, domainNames: [] } as object;
    const { viewer_certificate } = only(entrance({ cdn: plain }), 'cloudfront_distribution');
    expect(viewer_certificate).to.deep.equal({ cloudfront_default_certificate: true });
    expect(() => entrance({ cdn: { certificateArn: undefined } as object })).to.throw(/certificateArn is missing/);
  });

  it('choose its edges, and the newest HTTP', () => {
    expect(distribution).to.include({
      price_class: 'PriceClass_100',
      http_version: 'http2and3',
      is_ipv6_enabled: true,
    });
  });

  it('write its logs into the log bucket, or none', () => {
    expect(distribution.logging_config.bucket).to.equal('image-service-test-logs-111122223333.s3.amazonaws.com');
    expect(only(entrance({ cdn: { accessLogs: false } }), 'cloudfront_distribution').logging_config).to.equal(
      undefined,
    );
  });

  it('put a web ACL before it, in us-east-1', () => {
    const acl = referred(distribution.web_acl_id);
    expect(acl).to.include({ scope: 'CLOUDFRONT', provider: 'aws.edge' });
    expect(only(entrance({ cdn: { waf: false } }), 'cloudfront_distribution').web_acl_id).to.equal(undefined);
  });

  it('have bytes signed, and nothing else, by any of the keys', () => {
    const signed = entrance({ cdn: { signedUrlKeys: [pem(), pem().trim()] } });
    const from = only(signed, 'cloudfront_distribution');
    expect(only(signed, 'cloudfront_key_group').items).to.have.length(2);
    for (const { encoded_key, lifecycle } of all(signed, 'cloudfront_public_key')) {
      expect(encoded_key).to.match(/-----END PUBLIC KEY-----\n$/);
      expect(lifecycle.create_before_destroy).to.equal(true);
    }
    for (const path of BYTES) expect(behaviourAt(path, from).trusted_key_groups).to.have.length(1);
    for (const path of [...LIVE, ...DOCUMENTS]) expect(behaviourAt(path, from).trusted_key_groups).to.equal(undefined);
  });

  it('leave a key as it is when another comes before it, because what it has signed names it by its id', () => {
    const [older, newer] = [pem(), pem()];
    const keysOf = (signedUrlKeys: string[]) => entrance({ cdn: { signedUrlKeys } }).resource.aws_cloudfront_public_key;
    expect(keysOf([newer, older])).to.deep.include(keysOf([older]));
    expect(Object.keys(keysOf([newer, older]) ?? {})).to.have.length(2);
  });
});
