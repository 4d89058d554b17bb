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

/** The behaviour of CloudFront at a path: the first whose pattern matches, or the default one. */
const behaviourAt = (path: string, from: Arguments = distribution): Arguments =>
  from.ordered_cache_behavior.find(({ path_pattern }: Arguments) => matches(path, path_pattern)) ??
  from.default_cache_behavior;

/** The resource that a behaviour refers to. */
function referred(reference: string, from: Synthesised = synthesised): Arguments {
  const [, type = '', name = ''] = /\$\{(\w+)\.([\w-]+)\.\w+\}/.exec(reference) ?? [];
  const found = from.resource[type]?.[name];
  if (!found) throw new Error(`${reference} leads nowhere`);
  return found;
}

const codeAt = (path: string): string | undefined => {
  const [association] = behaviourAt(path).function_association ?? [];
  // Terraform turns a doubled sign into a single one.
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
/** A route of the download service that the CDN does not serve, because it has an upload form. */
const FRONT_PAGE = pathOf('getFrontPage');

/** The public half of a key that signs URLs. */
const pem = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

describe('the CDN', () => {
  for (const { method, path, service } of routedRequests) {
    const isRead = method === 'GET' || method === 'HEAD';

    const isOfCdn = service === 'download' && path !== FRONT_PAGE;

    it(`${isOfCdn && isRead ? 'forwards' : 'does not forward'} ${method} ${path}`, () => {
      const behaviour = behaviourAt(path);
      const isPassedOn =
        behaviour.allowed_methods.includes(method) && behaviour !== distribution.default_cache_behavior;
      expect(isPassedOn).to.equal(isOfCdn && isRead);
    });
  }

  it('answers 404 at the edge for everything but the download service', () => {
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

  it('forwards preflights and does not cache them', () => {
    for (const path of [...LIVE, ...BYTES, ...DOCUMENTS]) {
      expect(behaviourAt(path).allowed_methods).to.deep.equal(['GET', 'HEAD', 'OPTIONS']);
      expect(behaviourAt(path).cached_methods).to.deep.equal(['GET', 'HEAD']);
    }
  });
});

describe('the cache of the CDN', () => {
  for (const path of BYTES) {
    it(`keys ${path} by the file name of a download and the parameters of a signed link`, () => {
      const key = cachePolicyAt(path).parameters_in_cache_key_and_forwarded_to_origin;
      expect(key.query_strings_config.query_strings.items).to.have.members(['download', ...LINK_PARAMETERS]);
      expect(behaviourAt(path).compress).to.equal(false);
    });
  }

  for (const path of [...BYTES, ...DOCUMENTS]) {
    it(`forwards nothing for ${path} that could change the answer and is not in the key`, () => {
      const { headers_config, cookies_config, query_strings_config } = forwardedAt(path);
      expect(headers_config.headers.items).to.deep.equal(['host', 'accept']);
      expect(cookies_config.cookie_behavior).to.equal('none');
      expect(query_strings_config.query_string_behavior).to.equal('none');
    });
  }

  for (const path of LIVE) {
    it(`never caches ${path}, and forwards all that the client sends, by HTTPS only`, () => {
      expect(behaviourAt(path).cache_policy_id).to.equal(CACHING_DISABLED);
      expect(behaviourAt(path).viewer_protocol_policy).to.equal('https-only');
      // Compression would delay events.
      expect(behaviourAt(path).compress).to.equal(false);
      expect(forwardedAt(path).headers_config.headers.items).to.deep.equal(['host']);
      expect(forwardedAt(path).query_strings_config.query_string_behavior).to.equal('all');
    });
  }

  it('adds the format to the path of renditions only, by the tested code', () => {
    const tested = readFileSync(new URL('../../../stacks/edge/accept.js', import.meta.url), 'utf8');
    expect(codeAt(pathOf('getRendition'))).to.equal(tested);
    const deployed = all(synthesised, 'cloudfront_function').map(({ code }) => code);
    expect(deployed.join('')).to.not.match(/(^|[^$])\$\{|(^|[^%])%\{/);
    for (const path of [...LIVE, ...DOCUMENTS, pathOf('getOriginal'), pathOf('getFile')]) {
      expect(codeAt(path), path).to.equal(undefined);
    }
  });

  it('caches no error by itself for longer than a second', () => {
    const ttls = distribution.custom_error_response.map((each: Arguments) => [
      each.error_code,
      each.error_caching_min_ttl,
    ]);
    const expected = Object.fromEntries(ttls);
    for (const code of [400, 403, 404, 405, 414, 416]) expect(expected[code]).to.equal(0);
    for (const code of [500, 501, 502, 503, 504]) expect(expected[code]).to.equal(1);
    // CloudFront accepts no setting for other codes.
    expect(ttls).to.have.length(11);
  });

  it('has an Origin Shield in the region of the origin if the settings say so', () => {
    expect(distribution.origin[0].origin_shield).to.deep.equal({ enabled: true, origin_shield_region: 'eu-west-1' });
    const without = only(entrance({ cdn: { originShield: false } }), 'cloudfront_distribution');
    expect(without.origin[0].origin_shield).to.equal(undefined);
  });

  it('has its Origin Shield in the region that AWS recommends if the own region has none', () => {
    expect(['eu-west-2', 'eu-west-3', 'eu-north-1', 'ca-central-1', 'eu-south-2'].map(shieldRegionOf)).to.deep.equal([
      ...['eu-west-2', 'eu-west-2', 'eu-west-2', 'us-east-1'],
      undefined,
    ]);
  });
});

describe('answers of the CDN', () => {
  it('forbid scripts in an image opened as a page, unless the origin sends a policy', () => {
    for (const path of BYTES) {
      const { content_security_policy: policy } = responseAt(path).security_headers_config;
      expect(policy.content_security_policy).to.match(/default-src 'none'.*sandbox/);
      expect(policy.override).to.equal(false);
    }
  });

  it('have Vary: Accept for renditions only', () => {
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

  it('can be bypassed by clients with an API key, for bytes only', () => {
    const keys = headersOfRules().filter(({ http_header_name }) => http_header_name !== ORIGIN_HEADER);
    expect(keys).to.deep.equal(BYTES.map(() => ({ http_header_name: 'Authorization', values: ['Bearer *'] })));
  });

  it('gets the secret from SSM that its listener rules accept, after these exist', () => {
    expect(origin.custom_header).to.have.length(1);
    expect(origin.custom_header[0].name).to.equal(ORIGIN_HEADER);
    expect(secrets()).to.have.length(3);
    for (const { values } of secrets()) {
      // The rules accept all secrets, so that the old one works until the new one is known everywhere.
      expect(values).to.match(/^\$\{split\(",", data\.aws_ssm_parameter\./);
      expect(origin.custom_header[0].value).to.include(String(values).slice(2, -1));
    }
    const [parameter] = Object.values(synthesised.data.aws_ssm_parameter ?? {});
    expect(parameter?.name).to.equal('/image-service/test/secrets/origin-verify');
    expect(parameter?.lifecycle.postcondition).to.have.length(1);
    expect(distribution.depends_on.filter((each: string) => each.includes('guarded-rule'))).to.have.length(3);
  });

  it('requires a secret that cannot be guessed and is no pattern, or the plan fails', () => {
    const [parameter] = Object.values(synthesised.data.aws_ssm_parameter ?? {});
    const [, pattern = ''] = /regex\("(.+)", self/.exec(parameter?.lifecycle.postcondition[0].condition) ?? [];
    const takes = (secret: string) => new RegExp(pattern).test(secret);
    const secret = 'a'.repeat(32);
    for (const good of [secret, `${secret},${'b'.repeat(128)}`]) expect(takes(good), good).to.equal(true);
    for (const bad of ['', 'a', '*', `${secret}*`, `${secret},`, `${secret},${secret},${secret}`, 'a'.repeat(129)])
      expect(takes(bad), bad).to.equal(false);
  });

  it('is an output without its secret, because a plan hides it', () => {
    const { custom_header: _, ...shown } = origin;
    const output = JSON.parse(String(synthesised.output['cdn-origin']?.value));
    expect(output.domainName).to.equal(shown.domain_name);
    expect(output.customOriginConfig.originProtocolPolicy).to.equal('https-only');
    expect(Object.keys(output)).to.have.length(Object.keys(shown).length);
    expect(JSON.stringify(output)).to.not.include('ssm_parameter');
  });

  it('may be a VPC origin inside the network, without a secret', () => {
    const [inside] = only(byVpcOrigin, 'cloudfront_distribution').origin;
    expect(inside.custom_origin_config).to.equal(undefined);
    expect(inside.custom_header).to.equal(undefined);
    expect(inside.vpc_origin_config.origin_read_timeout).to.equal(60);
    expect(only(byVpcOrigin, 'cloudfront_vpc_origin').vpc_origin_endpoint_config[0].arn).to.include('aws_lb.');
  });

  it('requires the domain name of its certificate', () => {
    expect(() => entrance({ loadBalancer: { domainName: undefined } as object })).to.throw(/domainName is missing/);
  });
});

describe('settings of the CDN', () => {
  it('can switch it off', () => {
    const without = entrance({ cdn: { enabled: false } });
    expect(Object.keys(without.resource).filter((type) => type.startsWith('aws_cloudfront'))).to.deep.equal([]);
    expect(without.data.aws_ssm_parameter).to.equal(undefined);
  });

  it('give it domain names, which require a certificate', () => {
    expect(distribution.aliases).to.deep.equal(['cdn.example.com']);
    const plain = { certificateArn: undefined, domainNames: [] } as object;
    const { viewer_certificate } = only(entrance({ cdn: plain }), 'cloudfront_distribution');
    expect(viewer_certificate).to.deep.equal({ cloudfront_default_certificate: true });
    expect(() => entrance({ cdn: { certificateArn: undefined } as object })).to.throw(/certificateArn is missing/);
  });

  it('choose its edges', () => {
    expect(distribution.price_class).to.equal('PriceClass_100');
  });

  it('write its access logs into the log bucket, or none', () => {
    expect(distribution.logging_config.bucket).to.equal('image-service-test-logs-111122223333.s3.amazonaws.com');
    expect(only(entrance({ cdn: { accessLogs: false } }), 'cloudfront_distribution').logging_config).to.equal(
      undefined,
    );
  });

  it('put a web ACL in us-east-1 in front of it', () => {
    expect(referred(distribution.web_acl_id).provider).to.equal('aws.edge');
    expect(only(entrance({ cdn: { waf: false } }), 'cloudfront_distribution').web_acl_id).to.equal(undefined);
  });

  it('require signatures for bytes only, by any of the keys', () => {
    const signed = entrance({ cdn: { signedUrlKeys: [pem(), pem().trim()] } });
    const from = only(signed, 'cloudfront_distribution');
    expect(only(signed, 'cloudfront_key_group').items).to.have.length(2);
    for (const { encoded_key } of all(signed, 'cloudfront_public_key'))
      expect(encoded_key).to.match(/-----END PUBLIC KEY-----\n$/);
    for (const path of BYTES) expect(behaviourAt(path, from).trusted_key_groups).to.have.length(1);
    for (const path of [...LIVE, ...DOCUMENTS]) expect(behaviourAt(path, from).trusted_key_groups).to.equal(undefined);
  });

  it('leave a key unchanged when another is added in front of it, because signed URLs contain its id', () => {
    const [older, newer] = [pem(), pem()];
    const keysOf = (signedUrlKeys: string[]) => entrance({ cdn: { signedUrlKeys } }).resource.aws_cloudfront_public_key;
    expect(keysOf([newer, older])).to.deep.include(keysOf([older]));
    expect(Object.keys(keysOf([newer, older]) ?? {})).to.have.length(2);
  });
});
