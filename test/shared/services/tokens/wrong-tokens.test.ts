import { createHmac, createPublicKey, type webcrypto } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { exportJWK, FlattenedSign, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { ErrorCode } from '../../../../shared/domain/errors.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { eventually } from '../../../support/eventually.ts';
import { expectProblem, send } from '../../../support/http/http-client.ts';
import {
  AUDIENCE,
  type IdentityProvider,
  PROVIDER_ALGORITHMS,
  providerKeys,
  startIdentityProvider,
} from '../../../support/http/identity-provider.ts';
import { type Services, startServices } from '../../../support/services/services.ts';

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('wrong tokens', () => {
  let provider: IdentityProvider;
  let services: Services;
  let keys: JWK[];
  let attackersKey: JWK;
  let attacker: Server;
  let attackersRequests = 0;
  before(async () => {
    keys = await providerKeys('first');
    provider = await startIdentityProvider(keys);
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    attackersKey = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'ES256-first' };
    attacker = createServer((_request, response) => {
      attackersRequests += 1;
      const { d: _private, ...publicKey } = attackersKey;
      response.end(JSON.stringify({ keys: [publicKey] }));
    }).listen(0, '127.0.0.1');
    const issuer = { name: 'test', issuer: provider.issuer, audience: [AUDIENCE, 'another'] };
    services = await startServices({ issuers: JSON.stringify([issuer]) });
  });
  after(async () => {
    await services.stop();
    await provider.close();
    attacker.close();
  });

  const keyOf = (alg: string): JWK => keys.find((key) => key.alg === alg) ?? {};
  const seconds = (): number => Math.floor(Date.now() / 1000);
  const claims = () => ({
    iss: provider.issuer,
    aud: AUDIENCE,
    sub: 'anna',
    scope: 'images:read',
    exp: seconds() + 60,
  });

  /** A token that the provider's own key has signed, so that only what a row changes is wrong with it. */
  async function signed(changed: object = {}, header: object = {}, jwk: JWK = keyOf('ES256')): Promise<string> {
    return new SignJWT({ ...claims(), ...changed })
      .setProtectedHeader({ alg: 'ES256', kid: 'ES256-first', ...header })
      .sign(await importJWK(jwk, 'ES256'));
  }

  /** A token of parts as they are written, which no library would make. */
  async function written(header: string, payload: string): Promise<string> {
    const key = (await importJWK(keyOf('ES256'), 'ES256')) as webcrypto.CryptoKey;
    const input = `${base64url(header)}.${base64url(payload)}`;
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(input));
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  }

  const HEADER = '{"alg":"ES256","kid":"ES256-first"}';
  const payloadText = (changed: object = {}) => JSON.stringify({ ...claims(), ...changed });
  const list = (token: string | undefined) =>
    send(services.download, {
      path: '/v1/images',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const attackersUrl = () => `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/jwks`;
  const attackersOwn = (header: object) => signed({}, header, attackersKey);

  const good: Record<string, () => Promise<string>> = {
    ...Object.fromEntries(
      PROVIDER_ALGORITHMS.map((algorithm) => [`of the provider, by ${algorithm}`, () => provider.token({ algorithm })]),
    ),
    'signed by the test as the provider does': () => signed(),
    'that expired 29 seconds ago, by a clock that differs': () => signed({ exp: seconds() - 29 }),
    'that begins in 29 seconds, by a clock that differs': () => signed({ nbf: seconds() + 29 }),
    'of the type JWT': () => signed({}, { typ: 'JWT' }),
    'for several audiences, one of them this': () => signed({ aud: ['x', AUDIENCE] }),
    'with scopes of other APIs too': () => signed({ scope: 'openid images:read upload-token calendar' }),
    'of just the longest length that is read': async () => {
      const pad = 8_192 - (await signed({ pad: '' })).length;
      const token = await signed({ pad: 'x'.repeat(Math.floor((pad * 3) / 4) - 2) });
      expect(token.length).to.be.within(8_180, 8_192);
      return token;
    },
    'with a claim twice, whose last one counts': () =>
      written(HEADER, payloadText().replace('{', `{"aud":"https://elsewhere.example.com",`)),
  };
  for (const [name, make] of Object.entries(good)) {
    it(`are not those ${name}`, async () => {
      expect((await list(await make())).status).to.equal(200);
    });
  }

  const wrong: Record<string, [code: ErrorCode, make: () => Promise<string | undefined> | string | undefined]> = {
    'no token': ['unauthenticated', () => undefined],
    'an expired one': ['token_expired', () => signed({ exp: seconds() - 31 })],
    'one that begins later': ['token_invalid', () => signed({ nbf: seconds() + 40 })],
    'one without an end': ['token_invalid', () => signed({ exp: undefined })],
    'one whose end is a text': ['token_invalid', () => written(HEADER, payloadText({ exp: '9999999999' }))],
    'one for another audience': ['token_invalid', () => signed({ aud: 'https://elsewhere.example.com' })],
    'one for an audience that begins with this': [
      'token_invalid',
      () => signed({ aud: `${AUDIENCE}.evil.example.com` }),
    ],
    'one for no audience': ['token_invalid', () => signed({ aud: undefined })],
    'one of another issuer': ['token_invalid', () => signed({ iss: 'https://elsewhere.example.com' })],
    'one of an issuer that differs by a slash': ['token_invalid', () => signed({ iss: `${provider.issuer}/` })],
    'one of no issuer': ['token_invalid', () => signed({ iss: undefined })],
    'one of an issuer that is no text': [
      'token_invalid',
      () => written(HEADER, payloadText({ iss: [provider.issuer] })),
    ],
    'one that nobody has signed (alg none)': [
      'token_invalid',
      () => `${base64url({ alg: 'none', kid: 'ES256-first' })}.${base64url(claims())}.`,
    ],
    'one that nobody has signed (alg NONE)': [
      'token_invalid',
      () => `${base64url({ alg: 'NONE', kid: 'ES256-first' })}.${base64url(claims())}.`,
    ],
    'one without its signature': ['token_invalid', async () => (await signed()).replace(/[^.]*$/, '')],
    'one signed with the public key as the secret of HS256': [
      'token_invalid',
      () => {
        const secret = createPublicKey({ key: keyOf('RS256') as never, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        const input = `${base64url({ alg: 'HS256', kid: 'RS256-first' })}.${base64url(claims())}`;
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      },
    ],
    'one by an algorithm that is not taken': [
      'token_invalid',
      async () => {
        const { privateKey } = await generateKeyPair('ES384');
        return new SignJWT(claims()).setProtectedHeader({ alg: 'ES384', kid: 'ES256-first' }).sign(privateKey);
      },
    ],
    'one that says another algorithm than its key has': [
      'token_invalid',
      () => written('{"alg":"RS256","kid":"ES256-first"}', payloadText()),
    ],
    'one signed by another key': ['token_invalid', () => attackersOwn({})],
    'one with a changed payload': [
      'token_invalid',
      async () => (await signed()).replace(/\.[^.]+\./, `.${base64url(payloadText({ sub: 'bert' }))}.`),
    ],
    'one by a key that the issuer does not have': ['token_invalid', () => signed({}, { kid: 'unknown' })],
    'one that does not name its key': ['token_invalid', () => signed({}, { kid: undefined })],
    'one whose kid is a path': ['token_invalid', () => signed({}, { kid: '../../../../dev/null' })],
    'one whose kid is a list': ['token_invalid', () => written('{"alg":"ES256","kid":["ES256-first"]}', payloadText())],
    'one with an extension that must be understood (crit)': [
      'token_invalid',
      () => written('{"alg":"ES256","kid":"ES256-first","crit":["exp"],"exp":1}', payloadText()),
    ],
    'one whose payload is not encoded (b64)': [
      'token_invalid',
      async () => {
        const { protected: header, signature } = await new FlattenedSign(Buffer.from(payloadText()))
          .setProtectedHeader({ alg: 'ES256', kid: 'ES256-first', b64: false, crit: ['b64'] })
          .sign(await importJWK(keyOf('ES256'), 'ES256'));
        return `${header}.${base64url(payloadText())}.${signature}`;
      },
    ],
    'one in another': [
      'token_invalid',
      async () => written('{"alg":"ES256","kid":"ES256-first","cty":"JWT"}', await signed()),
    ],
    'an encrypted one': ['unauthenticated', () => `${base64url({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`],
    'one whose payload is a list': ['token_invalid', () => written(HEADER, '[]')],
    'one whose payload is no JSON': ['token_invalid', () => written(HEADER, '{"iss":')],
    'one whose payload is very nested': ['token_invalid', () => written(HEADER, '['.repeat(2_500) + ']'.repeat(2_500))],
    'one with an algorithm twice in its header': [
      'token_invalid',
      () => `${base64url('{"alg":"ES256","alg":"none","kid":"ES256-first"}')}.${base64url(claims())}.`,
    ],
    'one that says where its key is (jku)': ['token_invalid', () => attackersOwn({ jku: attackersUrl() })],
    'one that says where its certificate is (x5u)': ['token_invalid', () => attackersOwn({ x5u: attackersUrl() })],
    'one that brings its key (jwk)': [
      'token_invalid',
      () => {
        const { d: _private, ...publicKey } = attackersKey;
        return attackersOwn({ jwk: publicKey });
      },
    ],
    'one that names a key of its own, and where it is': [
      'token_invalid',
      () => attackersOwn({ kid: attackersUrl(), jku: attackersUrl() }),
    ],
    'an ID token of Amazon Cognito': ['token_invalid', () => signed({ token_use: 'id' })],
    'one whose typ is a number': [
      'token_invalid',
      () => written('{"alg":"ES256","kid":"ES256-first","typ":1}', payloadText()),
    ],
    'one whose typ is a list': [
      'token_invalid',
      () => written('{"alg":"ES256","kid":"ES256-first","typ":["JWT"]}', payloadText()),
    ],
    'a token for logging out': ['token_invalid', () => signed({}, { typ: 'logout+jwt' })],
    'one whose type is no text': [
      'token_invalid',
      () => written('{"alg":"ES256","kid":"ES256-first","typ":{"toString":1}}', payloadText()),
    ],
    'one whose owner is an object that is no text': [
      'token_invalid',
      () => written(HEADER, payloadText({ sub: { toString: 1 } })),
    ],
    'one without an owner': ['token_invalid', () => signed({ sub: undefined })],
    'one whose owner is empty': ['token_invalid', () => signed({ sub: '' })],
    'one whose owner is a number': ['token_invalid', () => written(HEADER, payloadText({ sub: 7 }))],
    'one whose owner is longer than any may be': ['token_invalid', () => signed({ sub: 'a'.repeat(300) })],
    'one whose owner has a line break': ['token_invalid', () => signed({ sub: 'anna\n' })],
    'one whose owner has half a character': [
      'token_invalid',
      () => written(HEADER, payloadText({ sub: '' }).replace('"sub":""', '"sub":"\\ud800"')),
    ],
    'one whose owner is written in another form of Unicode': ['token_invalid', () => signed({ sub: 'Zoe\u0308' })],
    'one without a scope': ['forbidden', () => signed({ scope: undefined })],
    'one with scopes of other APIs only': ['forbidden', () => signed({ scope: 'openid images:readx upload-token' })],
    'one without the scope of the route': ['forbidden', () => signed({ scope: 'images:write admin' })],
    'one of three empty parts': ['token_invalid', () => '..'],
    'one that is too long': ['unauthenticated', () => signed({ pad: 'x'.repeat(8_000) })],
    'a huge one': ['unauthenticated', () => `a.${'b'.repeat(12_000)}.c`],
  };
  for (const [name, [code, make]] of Object.entries(wrong)) {
    it(`are refused with ${code}: ${name}`, async () => {
      const token = await make();
      const answer = await list(token);
      expectProblem(answer, code);
      const said = code === 'forbidden' ? 'insufficient_scope", scope="images:read' : 'invalid_token';
      const challenge = token === undefined ? 'Bearer' : `Bearer error="${said}"`;
      expect(answer.headers['www-authenticate']).to.equal(challenge);
    });
  }

  it('find no bytes of private images, and are told that they may be what is wrong', async () => {
    const path = `/v1/images/${createImageId()}/original`;
    const authorization = `Bearer ${await signed({ exp: seconds() - 3_600 })}`;
    const answer = await send(services.download, { path, headers: { authorization } });
    expect(expectProblem(answer, 'image_not_found').detail).to.match(
      /need valid credentials of their owner, or a link\.$/,
    );
  });

  it('have what they name in the log, cut, and not in the answer', async () => {
    const elsewhere = `https://elsewhere.example.com/"\n${'x'.repeat(300)}`;
    for (const [claim, changed] of Object.entries({ iss: { iss: elsewhere }, aud: { aud: [elsewhere] } })) {
      const answer = await list(await signed(changed));
      expect(answer.body.toString()).to.not.include('elsewhere');
      const line = await eventually('it is logged', () =>
        services.logs.find(({ requestId }) => requestId === answer.headers['x-request-id']),
      );
      expect(line.cause).to.match(new RegExp(`^Its ${claim} is \\[?"https://elsewhere\\.example\\.com/.{1,200}\\.$`));
    }
  });

  it('have nothing fetched from where they point', () => {
    expect(attackersRequests).to.equal(0);
  });

  it('are not taken from the query', async () => {
    const answer = await send(services.download, { path: `/v1/images?access_token=${await signed()}` });
    expectProblem(answer, 'unauthenticated');
  });

  it('are not in the log', () => {
    expect(JSON.stringify(services.logs)).to.not.include('eyJ');
  });
});
