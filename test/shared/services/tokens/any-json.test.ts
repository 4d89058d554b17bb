import { generateKeyPairSync, sign } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { createLocalJWKSet, exportJWK } from 'jose';
import type { JwtIssuer } from '../../../../shared/contracts/jwt-issuers.ts';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { isOwner, RESERVED_OWNERS, SCOPES } from '../../../../shared/domain/principal.ts';
import { verifyJwts } from '../../../../shared/services/tokens/jwt-verifier.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

const issuer: JwtIssuer = {
  ...{ name: 'tests', issuer: 'https://issuer.example', audience: ['images'], audienceClaim: 'aud' },
  ...{ ownerClaim: 'sub', ownerPrefix: 'tests:', scopeClaim: 'scope', scopePrefix: '' },
};
const findKey = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
const verify = verifyJwts([{ issuer, findKey }]);

const HEADER = { alg: 'EdDSA', kid: 'one', typ: 'at+jwt' };
const claims = () => ({
  ...{ iss: issuer.issuer, aud: 'images', sub: 'alice', scope: 'images:read' },
  exp: Math.floor(Date.now() / 1000) + 600,
});

/** A token that the issuer has signed, whatever it says. */
function signed(header: object, payload: object): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

/** Parameters of headers (RFC 7515, 4.1; 7516; 7797) and names of claims that somebody reads. */
const HEADER_NAMES = [
  'alg',
  'kid',
  'typ',
  'cty',
  'crit',
  'b64',
  'jku',
  'jwk',
  'x5u',
  'x5c',
  'x5t',
  'zip',
  'enc',
  'p2c',
];
const CLAIM_NAMES = ['iss', 'aud', 'sub', 'scope', 'exp', 'nbf', 'iat', 'jti', 'token_use', 'client_id', 'toString'];

/** Anything that JSON can say, and often what is nearly right. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown[]>(null, true, 0, -1, 1e308, '', [], {}, [[]], [null], ['images'], ['images:read', 7], {
    toLowerCase: 1,
  }),
);

describe('A token that its issuer has signed', () => {
  it('is taken when it says what it should', async () => {
    expect(await verify(signed(HEADER, claims()), 'address')).to.include({ owner: 'tests:alice' });
  });

  it('is taken for an owner with scopes, or refused, whatever else it says in header and claims, and of whatever type', async () => {
    const change = (names: string[]) => fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(change(HEADER_NAMES), change(CLAIM_NAMES), async (header, changed) => {
        const token = signed({ ...HEADER, ...header }, { ...claims(), ...changed });
        const answer = await verify(token, 'address').catch((error: unknown) => error);
        if (answer instanceof Error) {
          expect(answer, String(answer)).to.be.instanceOf(ImageServiceError);
          expect((answer as ImageServiceError).code).to.be.oneOf(['token_invalid', 'token_expired']);
          return;
        }
        const { owner, subject, scopes, expiresAt } = answer as NonNullable<Awaited<ReturnType<typeof verify>>>;
        expect(isOwner(owner) && !RESERVED_OWNERS.includes(owner), owner).to.equal(true);
        expect(subject).to.be.a('string');
        for (const scope of scopes) expect(SCOPES).to.include(scope);
        expect(expiresAt)
          .to.be.a('number')
          .and.satisfy((time: number) => time > Date.now() - 60_000);
      }),
      { numRuns: 2_000 },
    );
  });
});
