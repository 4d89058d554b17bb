import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { CLOCK_SKEW_SECONDS, JWT_ALGORITHMS, type JwtIssuer, SIGNATURES } from '../../contracts/jwt-issuers.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import type { Principal, Verifier } from '../../domain/principal.ts';
import type { FindKey } from './issuer-keys.ts';
import { ownerOfToken, scopesOfToken } from './token-claims.ts';

/** An issuer and what finds its keys. */
export interface TrustedIssuer {
  issuer: JwtIssuer;
  findKey: FindKey;
}

const invalid = (detail: string): ImageServiceError => new ImageServiceError('token_invalid', detail);

/** Longest part of a claim in the log, in characters. */
const SHOWN_CLAIM = 200;

/** The refusal of a claim that the settings do not have. The log has its value, for operators who have set another one; the client has it in its token. */
function mismatch(claim: string, value: unknown, detail: string): ImageServiceError {
  const shown = String(JSON.stringify(value)).slice(0, SHOWN_CLAIM);
  const cause = new ImageServiceError('token_invalid', `Its ${claim} is ${shown}.`);
  return new ImageServiceError('token_invalid', detail, { cause });
}

/** Access tokens are named like this or not at all (RFC 9068, 2.1). Others, such as those for logging out, are signed by the same keys. */
const ACCESS_TOKEN_TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

/** A header may say anything, not only what its type has. */
const isAccessToken = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(typ.toLowerCase()));

/** Verifies the signed tokens (RFC 7519) of the issuers. Everything that has three parts is taken for one. */
export function verifyJwts(trusted: readonly TrustedIssuer[]): Verifier {
  const byIssuer = new Map(trusted.map((each) => [each.issuer.issuer, each]));
  return async (token, address) => {
    if (token.split('.').length !== 3) return undefined;
    const { issuer, findKey } = trustedIssuerOf(token, byIssuer);
    const payload = await verified(token, issuer, (header, input) => findKey(header, input, address));
    checkUse(payload, issuer);
    return principalOf(payload, issuer);
  };
}

/** Finds the issuer by claims that are not verified yet, and checks what needs no key. */
function trustedIssuerOf(token: string, byIssuer: ReadonlyMap<unknown, TrustedIssuer>): TrustedIssuer {
  const [header, payload] = decoded(token);
  if (!isAccessToken(header.typ))
    throw invalid('The `typ` of the token is not that of an access token. Send an access token, not an ID token.');
  if (typeof header.kid !== 'string' || header.kid === '') throw invalid('The token does not name its key, by `kid`.');
  const trusted = byIssuer.get(payload.iss);
  if (!trusted)
    throw mismatch(
      'iss',
      payload.iss,
      'The issuer of the token, its claim `iss`, is none whose tokens are taken here.',
    );
  return trusted;
}

function decoded(token: string) {
  try {
    return [decodeProtectedHeader(token), decodeJwt(token)] as const;
  } catch {
    throw invalid('The token cannot be decoded: header and payload must be JSON objects in base64url.');
  }
}

async function verified(token: string, { issuer }: JwtIssuer, findKey: JWTVerifyGetKey): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, findKey, {
      issuer,
      algorithms: JWT_ALGORITHMS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof ImageServiceError) throw error;
    if (error instanceof errors.JOSEError) throw refusalOf(error);
    // Such as an RSA key of fewer than 2,048 bits, or one that is no point of its curve.
    throw new ImageServiceError(
      'token_invalid',
      'The key that the token names cannot be used: it is weak or damaged.',
      {
        cause: error,
      },
    );
  }
}

/** What was wrong, without a word of the token's own. */
function refusalOf(error: errors.JOSEError): ImageServiceError {
  if (error instanceof errors.JWTExpired)
    return new ImageServiceError('token_expired', 'The token is no longer valid. Get a new one from its issuer.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalid(`The claim \`${error.claim}\` of the token is ${CLAIM_FAILURES[error.reason] ?? 'wrong'}.`);
  return invalid(FAILURES[error.code] ?? 'The token is not a signed token that can be verified here.');
}

const CLAIM_FAILURES: Record<string, string> = { missing: 'missing', check_failed: 'not valid here, or not yet' };

const FAILURES: Record<string, string> = {
  [errors.JWSSignatureVerificationFailed.code]: 'The signature of the token is wrong.',
  [errors.JWKSNoMatchingKey.code]: 'The issuer of the token has no such key for it.',
  [errors.JOSEAlgNotAllowed.code]: `The token must be signed by ${SIGNATURES}.`,
};

/** Checks for whom and for what a token was made. */
function checkUse(payload: JWTPayload, { audience, audienceClaim }: JwtIssuer): void {
  const named = [payload[audienceClaim]].flat();
  if (!named.some((each) => audience.some((own) => own === each)))
    throw mismatch(
      audienceClaim,
      payload[audienceClaim],
      `The token was made for another audience: \`${audienceClaim}\` names nothing of this deployment.`,
    );
  // Amazon Cognito signs ID tokens and access tokens with the same keys, and tells them apart by this claim only.
  if (payload.token_use !== undefined && payload.token_use !== 'access')
    throw invalid('The token is for another use, as `token_use` says. Send an access token.');
}

function principalOf(payload: JWTPayload, issuer: JwtIssuer): Principal {
  const owner = ownerOfToken(payload, issuer);
  return {
    kind: 'jwt',
    owner,
    subject: `${issuer.name}:${typeof payload.sub === 'string' ? payload.sub : owner}`,
    scopes: scopesOfToken(payload, issuer),
    expiresAt: (Number(payload.exp) + CLOCK_SKEW_SECONDS) * 1000,
  };
}
