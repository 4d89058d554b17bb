import Joi from 'joi';
import { secureUrlSchema } from './secure-url.ts';

/** A public key as JSON (RFC 7517). */
export interface PublicKey {
  kty: 'RSA' | 'EC' | 'OKP';
  kid: string;
  [parameter: string]: unknown;
}

/** Whose tokens count, for whom they must be made, and which of their claims say who calls and what they may do. */
export interface JwtIssuer {
  /** Names the issuer in the log and in the audit trail. */
  name: string;
  /** The claim `iss`, which must be equal to the letter. */
  issuer: string;
  /** Tokens are taken that were made for one of these. */
  audience: string[];
  audienceClaim: string;
  /** Where the keys are, if not where the issuer's discovery document says. */
  jwksUri?: string;
  /** The keys themselves, for an issuer that has no address. */
  keys?: PublicKey[];
  ownerClaim: string;
  /** Stands before what `ownerClaim` says, so that two issuers cannot name the same owner. */
  ownerPrefix: string;
  scopeClaim: string;
  /** Scopes without this beginning are of other APIs. */
  scopePrefix: string;
}

/** The issuer of a stack on one machine, the only one whose tokens may be of the owner `local`. */
export const LOCAL_ISSUER = 'urn:image-service:local';

/** Tokens are read by three algorithms, and Ed25519 by both of its names (RFC 8037, RFC 9864). */
export const JWT_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];

/** The same for people. */
export const SIGNATURES = 'RS256, ES256 or EdDSA (Ed25519)';

/** Seconds by which the clocks of issuer and service may differ. */
export const CLOCK_SKEW_SECONDS = 30;

const CLAIM = Joi.string().min(1).max(256);

/** What makes a key private (RFC 7518, 6.2.2 and 6.3.2; RFC 8037, 2). */
const PRIVATE_PARTS = Object.fromEntries(
  ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map((name) => [name, Joi.forbidden()]),
);

const publicKey = Joi.object({
  kty: Joi.valid('RSA', 'EC', 'OKP').required(),
  kid: Joi.string().min(1).max(256).required(),
  ...PRIVATE_PARTS,
}).unknown();

const issuerSchema = Joi.object<JwtIssuer, true>({
  name: Joi.string()
    .pattern(/^[a-z0-9-]{1,32}$/, 'a to z, 0 to 9 and hyphens, 32 at most')
    .required(),
  issuer: Joi.string().max(512).when('keys', { not: Joi.exist(), then: secureUrlSchema }).required(),
  audience: Joi.array().items(Joi.string().max(512)).min(1).required(),
  audienceClaim: CLAIM.default('aud'),
  jwksUri: secureUrlSchema,
  keys: Joi.array().items(publicKey).min(1).unique('kid'),
  ownerClaim: CLAIM.default('sub'),
  ownerPrefix: Joi.string()
    .allow('')
    .max(64)
    .default(({ name }) => `${name}:`),
  scopeClaim: CLAIM.default('scope'),
  scopePrefix: Joi.string().allow('').max(512).default(''),
}).oxor('jwksUri', 'keys');

const issuersSchema = Joi.array()
  .items(issuerSchema)
  .min(1)
  .max(20)
  .unique('name')
  .unique('issuer')
  .custom((issuers: JwtIssuer[], helpers) => {
    const prefixes = issuers.map(({ ownerPrefix }) => ownerPrefix);
    const isClash = (one: string, i: number) => prefixes.some((other, j) => i !== j && other.startsWith(one));
    return prefixes.some(isClash) ? helpers.error('issuers.prefixes') : issuers;
  })
  .messages({
    'issuers.prefixes':
      'no ownerPrefix may begin with another, so that two issuers never name the same owner; an empty one is for a single issuer',
    // joi's own messages would repeat the value, which may be a private key that somebody has put into the wrong place.
    'string.pattern.name': '{{#label}} must be {{#name}}',
    'array.unique': '{{#label}} repeats the {{#path}} of another',
  });

/** Reads JWT_ISSUERS. Never repeats the text: somebody may have given a private key. */
export const readJwtIssuers: Joi.CustomValidator<string, JwtIssuer[]> = (text, helpers) => {
  const refuse = (reason: string) =>
    helpers.message({ custom: `JWT_ISSUERS must be a list of issuers as JSON: ${reason}` });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('it is not valid JSON');
  }
  const { value, error } = issuersSchema.validate(parsed, { errors: { wrap: { label: false } }, convert: false });
  return error ? refuse(error.message) : value;
};
