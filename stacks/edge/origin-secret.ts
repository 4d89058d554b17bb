import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js';
import { Wafv2RegexPatternSet } from '@cdktf/provider-aws/lib/wafv2-regex-pattern-set/index.js';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';

/** What the CDN proves itself with to a load balancer that anybody reaches. */
export interface OriginSecret {
  header: string;
  /** What the CDN sends. */
  current: string;
  /** What the load balancer takes: a list of one, or of two while one replaces the other. */
  accepted: string[];
  /** The same as two, for who must name each: one twice while there is no other. */
  either: readonly [string, string];
}

export const ORIGIN_HEADER = 'x-origin-verify';

/** Its name below `names.secretParameter`. */
export const ORIGIN_SECRET = 'origin-verify';

/**
 * Read from SSM, where an operator has put it, so that it is in no file and no plan: `SECRET`, or `NEW,OLD` while one replaces the
 * other. With `NEW,OLD` an apply has the load balancer and its web ACL take both and then the CDN send the new one; when that is through, `NEW` alone
 * ends the old one. Without the step between, the CDN would be sent to itself until it knows the new one. The state holds it, encrypted.
 */
export function readOriginSecret(scope: Construct, names: Names): OriginSecret {
  const parameter = names.secretParameter(ORIGIN_SECRET);
  const secret = new DataAwsSsmParameter(scope, 'origin-secret', { name: parameter, withDecryption: true });
  secret.lifecycle = {
    postcondition: [
      {
        // `*` and `?` would be wildcards to the load balancer; ALB takes 128 characters a value.
        condition: `\${can(regex("^[A-Za-z0-9_-]{32,128}(,[A-Za-z0-9_-]{32,128})?$", self.value))}`,
        errorMessage: `${parameter} must be one secret, or two with a comma between, of 32 to 128 letters, digits, _ and -: openssl rand -hex 32`,
      },
    ],
  };
  const accepted = Fn.split(',', secret.value);
  // Terraform counts on from the front: https://developer.hashicorp.com/terraform/language/functions/element
  const either = [Fn.element(accepted, 0), Fn.element(accepted, 1)] as const;
  return { header: ORIGIN_HEADER, current: either[0], accepted, either };
}

/**
 * The secrets for a web ACL, in a set of their own, since a plan hides every rule of a web ACL that has a secret in one. None of their letters is a
 * sign of a pattern, and they are shorter than the 200 characters of one (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html).
 */
export const createSecretSet = (scope: Construct, name: string, { either }: OriginSecret): Wafv2RegexPatternSet =>
  new Wafv2RegexPatternSet(scope, 'origin-secrets', {
    name: `${name}-origin-secrets`,
    scope: 'REGIONAL',
    description: 'What the CDN proves itself by',
    regularExpression: either.map((secret) => ({ regexString: `^${secret}$` })),
  });
