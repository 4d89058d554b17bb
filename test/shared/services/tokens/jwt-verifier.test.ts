import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { PublicKey } from '../../../../shared/contracts/jwt-issuers.ts';
import { hasCode } from '../../../../shared/domain/errors.ts';
import { verifyJwts } from '../../../../shared/services/tokens/jwt-verifier.ts';
import { expectProblem, jsonOf, send } from '../../../support/http/http-client.ts';
import { AUDIENCE, providerKeys, startIdentityProvider } from '../../../support/http/identity-provider.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { readIssuers } from '../../../support/services/issuers.ts';
import { as } from '../../../support/services/owners.ts';
import { type Services, startServices } from '../../../support/services/services.ts';

const TENANT = 'https://images.example.com/tenant';
const ADDRESS = '192.0.2.1';

describe('signed tokens of an issuer whose keys are in JWT_ISSUERS', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true });
  });
  after(() => services.stop());

  const upload = async (headers: Record<string, string>) =>
    send(services.upload, { method: 'POST', path: '/v1/images', headers, body: await photograph('jpeg') });

  it('act in the name of the owner whom they name, who lists nothing of another', async () => {
    expect((await upload(await as('anna'))).status).to.equal(201);
    const listed = async (owner: string) =>
      jsonOf(await send(services.download, { path: '/v1/images', headers: await as(owner) })).images;
    expect(await listed('anna')).to.have.length(1);
    expect(await listed('bert')).to.have.length(0);
  });

  it('open only routes of their scopes', async () => {
    expectProblem(await upload(await as('anna', ['images:read'])), 'forbidden');
    expectProblem(await upload(await as('anna', [])), 'forbidden');
    expectProblem(await upload({}), 'unauthenticated');
  });
});

describe('signed tokens of several issuers', () => {
  it('are of different owners, even if they name the same, and of a tenant where a claim says so', async () => {
    const [one, two] = await Promise.all([
      startIdentityProvider(await providerKeys('one')),
      startIdentityProvider(await providerKeys('two')),
    ]);
    const issuers = JSON.stringify([
      { name: 'one', issuer: one.issuer, audience: [AUDIENCE] },
      { name: 'two', issuer: two.issuer, audience: [AUDIENCE], ownerClaim: TENANT, ownerPrefix: 'tenants/' },
    ]);
    const services = await startServices({ issuers });
    try {
      const tokens = [await one.token({ client: 'anna' }), await two.token({ client: 'anna' })];
      const asks = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
      const body = await photograph('jpeg');
      const owners = [];
      for (const token of tokens) {
        const uploaded = await send(services.upload, { method: 'POST', path: '/v1/images', body, ...asks(token) });
        expect(uploaded.status).to.equal(201);
        const { images } = jsonOf(await send(services.download, { path: '/v1/images', ...asks(token) }));
        expect(images).to.have.length(1);
        owners.push(images[0].imageId);
      }
      expect(new Set(owners).size).to.equal(2);
      const partitions = (await services.leftovers()).filter((item) => /RECORD$/.test(item));
      expect(partitions).to.have.length(2);
    } finally {
      await services.stop();
      await Promise.all([one.close(), two.close()]);
    }
  });
});

describe('the claims of signed tokens', () => {
  // Long, because other suites may run between the loading of this file and its tests.
  const TIME = Math.floor(Date.now() / 1000) + 24 * 3_600;

  async function principalOf(settings: object, claims: Record<string, unknown>) {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'a' } as PublicKey];
    const [issuer] = readIssuers({ name: 'a', issuer: 'urn:a', audience: ['images'], keys, ...settings });
    if (!issuer) throw new Error('There is no issuer.');
    const token = await new SignJWT({ iss: 'urn:a', aud: 'images', sub: 'anna', exp: TIME, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'a' })
      .sign(privateKey);
    return verifyJwts([{ issuer, findKey: createLocalJWKSet({ keys }) }])(token, ADDRESS);
  }

  const forms: Record<string, [settings: object, claims: object, expected: object]> = {
    'a text of scopes, as most issuers': [{}, { scope: 'openid images:write' }, { scopes: ['images:write'] }],
    'a list of scopes, as Auth0': [
      { scopeClaim: 'permissions' },
      { permissions: ['images:read', 'x'] },
      { scopes: ['images:read'] },
    ],
    'scopes in `scp`, as Microsoft Entra': [
      { scopeClaim: 'scp' },
      { scp: 'images:read images:delete' },
      { scopes: ['images:read', 'images:delete'] },
    ],
    'scopes with a prefix and the client as audience, as Amazon Cognito': [
      { scopePrefix: 'images.example.com/', audienceClaim: 'client_id' },
      {
        scope: 'images.example.com/images:read images:write',
        client_id: 'images',
        aud: undefined,
        token_use: 'access',
      },
      { scopes: ['images:read'] },
    ],
    'scopes that are neither text nor list': [{}, { scope: { 'images:read': true } }, { scopes: [] }],
    'the end, and the seconds by which clocks may differ': [{}, {}, { expiresAt: (TIME + 30) * 1000 }],
    'the owner after the prefix, and the subject for the trail': [
      { ownerClaim: 'tenant' },
      { tenant: 't1' },
      { owner: 'a:t1', subject: 'a:anna' },
    ],
    'an owner whose name is reserved, after a prefix': [{}, { sub: 'local' }, { owner: 'a:local' }],
  };
  for (const [name, [settings, claims, expected]] of Object.entries(forms)) {
    it(`tell ${name}`, async () => {
      expect(await principalOf(settings, { ...claims })).to.deep.include({ kind: 'jwt', ...expected });
    });
  }

  for (const sub of ['local', 'unknown']) {
    it(`name no owner ${sub}, which is reserved`, async () => {
      const error = await rejectionOf(principalOf({ ownerPrefix: '' }, { sub }));
      expect(hasCode(error, 'token_invalid')).to.equal(true);
    });
  }
});

describe('keys of an issuer that cannot be used', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const keys = [
    { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' },
    { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'damaged' },
  ] as PublicKey[];

  for (const [kid, alg] of [
    ['weak', 'RS256'],
    ['damaged', 'ES256'],
  ] as const) {
    it(`have their tokens refused, not the service fail: a ${kid} one`, async () => {
      const [issuer] = readIssuers({ name: 'a', issuer: 'urn:a', audience: ['images'], keys });
      if (!issuer) throw new Error('There is no issuer.');
      const parts = [
        { alg, kid },
        { iss: 'urn:a', aud: 'images', sub: 'anna' },
      ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
      const verify = verifyJwts([{ issuer, findKey: createLocalJWKSet({ keys }) }]);
      const error = await rejectionOf(verify(`${parts.join('.')}.${'A'.repeat(86)}`, ADDRESS));
      expect(hasCode(error, 'token_invalid'), String(error)).to.equal(true);
      expect(String(error)).to.include('weak or damaged');
    });
  }
});
