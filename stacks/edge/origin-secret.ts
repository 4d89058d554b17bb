import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js';
import { Wafv2RegexPatternSet } from '@cdktf/provider-aws/lib/wafv2-regex-pattern-set/index.js';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';

/** The secret by which a public load balancer recognises the CDN. */
export interface OriginSecret {
  header: string;
  /** The secret that the CDN sends. */
  current: string;
  /** The secrets that the load balancer accepts: one, or two during a rotation. */
  accepted: string[];
  /** The accepted secrets as a pair, for resources that need a fixed number of them; the same one twice outside a rotation. */
  either: readonly [string, string];
}

export const ORIGIN_HEADER = 'x-origin-verify';

/** The name of the secret's parameter below `names.secretParameter`. */
export const ORIGIN_SECRET = 'origin-verify';

/**
 * Reads the secret from SSM, where an operator has put it, so that it is in no file and no plan; the state holds it, encrypted. The parameter is
 * `SECRET`, or `NEW,OLD` during a rotation. An apply with `NEW,OLD` makes the load balancer and its web ACL accept both, and then the CDN send
 * the new one; the next apply, with `NEW` alone, ends the old one. Without the step between, the load balancer would redirect the CDN to itself
 * until it sends the new secret.
 */
export function readOriginSecret(scope: Construct, names: Names): OriginSecret {
  const parameter = names.secretParameter(ORIGIN_SECRET);
  const secret = new DataAwsSsmParameter(scope, 'origin-secret', { name: parameter, withDecryption: true });
  secret.lifecycle = {
    postcondition: [
      {
        // `*` and `?` are wildcards in a listener rule, and a value there has at most 128 characters.
        condition: `\${can(regex("^[A-Za-z0-9_-]{32,128}(,[A-Za-z0-9_-]{32,128})?$", self.value))}`,
        errorMessage: `${parameter} must be one secret, or two with a comma between, of 32 to 128 letters, digits, _ and -: openssl rand -hex 32`,
      },
    ],
  };
  const accepted = Fn.split(',', secret.value);
  // `element` wraps around at the end of the list: https://developer.hashicorp.com/terraform/language/functions/element
  const either = [Fn.element(accepted, 0), Fn.element(accepted, 1)] as const;
  return { header: ORIGIN_HEADER, current: either[0], accepted, either };
}

/**
 * The secrets for a web ACL, in a resource of their own, because a plan hides all rules of a web ACL if one of them has a secret. None of their
 * characters is special in a pattern, and they are shorter than a pattern's limit of 200 characters
 * (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html).
 */
export const createSecretSet = (scope: Construct, name: string, { either }: OriginSecret): Wafv2RegexPatternSet =>
  new Wafv2RegexPatternSet(scope, 'origin-secrets', {
    name: `${name}-origin-secrets`,
    scope: 'REGIONAL',
    description: 'What the CDN proves itself by',
    regularExpression: either.map((secret) => ({ regexString: `^${secret}$` })),
  });
