import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import type { JWK } from 'jose';
import type { Principal } from '../../../../shared/domain/principal.ts';
import { type IssuerKeys, openIssuerKeys } from '../../../../shared/services/tokens/issuer-keys.ts';
import { verifyJwts } from '../../../../shared/services/tokens/jwt-verifier.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  AUDIENCE,
  type IdentityProvider,
  PROVIDER_ALGORITHMS,
  providerKeys,
  startIdentityProvider,
} from '../../../support/http/identity-provider.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { readIssuers } from '../../../support/services/issuers.ts';
import { type LogLine, logInto } from '../../../support/services/services.ts';
import { type TurnedClock, turnedClock } from '../../../support/turned-clock.ts';

const MINUTE = 60_000;

const DOWN: Record<string, (provider: IdentityProvider) => unknown> = {
  'listens no more': (provider) => provider.close(),
  'answers 500': (provider) => provider.answerBy((_request, response) => void response.writeHead(500).end('{}')),
  'never answers': (provider) => provider.answerBy(() => undefined),
  'sends 100 MB': (provider) => provider.answerBy(sendMegabytes(100)),
};

const sendMegabytes =
  (count: number): RequestListener =>
  async (_request, response) => {
    response.on('error', () => undefined);
    for (let sent = 0; sent < count && !response.destroyed; sent += 1)
      if (!response.write(Buffer.alloc(1_000_000, ' ')))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    response.end('{}');
  };

describe('the keys of an issuer', () => {
  let first: JWK[];
  let second: JWK[];
  before(async () => {
    [first, second] = await Promise.all([providerKeys('first'), providerKeys('second')]);
  });

  let provider: IdentityProvider;
  let clock: TurnedClock;
  let keys: IssuerKeys;
  let verify: (token: string, address?: string) => Promise<Principal | undefined>;
  const logs: LogLine[] = [];
  beforeEach(async () => {
    logs.length = 0;
    provider = await startIdentityProvider(first);
    clock = turnedClock();
  });
  afterEach(async () => {
    keys.stop();
    await provider.close();
  });

  const trust = (settings: object = {}): void => {
    const [issuer] = readIssuers({ name: 'test', issuer: provider.issuer, audience: [AUDIENCE], ...settings });
    if (!issuer) throw new Error('no issuer');
    keys = openIssuerKeys(issuer, { logger: logInto(logs, 'test'), clock });
    const verifier = verifyJwts([{ issuer, findKey: keys.findKey }]);
    verify = (token, address = '192.0.2.1') => verifier(token, address);
  };
  /** Until the keys are known, and the background waits for its next fetch. */
  const settled = async () => {
    await verify(await provider.token());
    await clock.waited(1);
  };
  /** Advances the clock by seconds, between which an answer of the issuer has time to come. */
  const turnedUntil = (what: string, isSo: () => boolean) =>
    eventually(what, async () => {
      await clock.turn(1_000);
      return isSo();
    });
  const codeOf = async (verified: Promise<Principal | undefined>) =>
    ((await rejectionOf(verified)) as { code?: string }).code;
  const fetchedKeys = (): number => provider.fetched.get('/jwks') ?? 0;
  const messages = () => logs.map(({ msg }) => msg);

  for (const algorithm of PROVIDER_ALGORITHMS) {
    it(`are found by discovery, and verify ${algorithm}`, async () => {
      trust();
      const principal = await verify(await provider.token({ algorithm, client: 'bert', scope: 'images:read' }));
      expect(principal).to.deep.include({
        kind: 'jwt',
        owner: 'test:bert',
        subject: 'test:bert',
        scopes: ['images:read'],
      });
    });
  }

  it('are fetched from jwksUri without discovery', async () => {
    trust({ jwksUri: `${provider.issuer}/jwks` });
    expect(await verify(await provider.token())).to.have.property('owner', 'test:anna');
    expect([...provider.fetched.keys()]).to.have.members(['/jwks', '/token']);
  });

  it('are fetched once for all requests that come before', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.token()));
    trust();
    await Promise.all(tokens.map((token) => verify(token)));
    expect(fetchedKeys()).to.equal(1);
  });

  it('are fetched again for a token with a new one, not within a second of the fetch before', async () => {
    trust();
    await settled();
    provider.useKeys([...second, ...first]);
    const verified = verify(await provider.token({ algorithm: 'ES256' }));
    await clock.waited(3);
    expect(fetchedKeys()).to.equal(1);
    await clock.turn(1_000);
    expect(await verified).to.have.property('owner', 'test:anna');
    expect(fetchedKeys()).to.equal(2);
  });

  it('are fetched again after a fetch under way, which may miss a key that has been published since', async () => {
    trust();
    await settled();
    const late: (() => void)[] = [];
    provider.answerBy((_request, response) => void late.push(() => response.end(JSON.stringify({ keys: [] }))));
    provider.useKeys(second);
    const unknown = verify(await provider.token());
    await clock.turn(1_000);
    await eventually('a fetch is under way', () => late.length === 1);
    const newer = verify(await provider.token());
    provider.answerBy();
    for (const answer of late) answer();
    await rejectionOf(unknown);
    await clock.turn(1_000);
    expect(await newer).to.have.property('owner', 'test:anna');
  });

  it('count no more when they were fetched again since the issuer has withdrawn them', async () => {
    trust();
    const token = await provider.token();
    await verify(token);
    await settled();
    provider.useKeys(second);
    await clock.turn(3 * MINUTE);
    await turnedUntil('they are fetched again', () => fetchedKeys() === 2);
    let code: string | undefined;
    void codeOf(verify(token)).then((found) => {
      code = found;
    });
    await turnedUntil('the token is refused', () => code !== undefined);
    expect(code).to.equal('token_invalid');
  });

  for (const [name, breakDown] of Object.entries(DOWN)) {
    it(`verify every token for ten minutes in which the issuer ${name}, and are fetched again afterwards`, async () => {
      trust();
      const tokens = await Promise.all(PROVIDER_ALGORITHMS.map((algorithm) => provider.token({ algorithm })));
      await verify(tokens[0] ?? '');
      await settled();
      await breakDown(provider);
      for (let minute = 0; minute < 10; minute += 0.5) {
        await clock.turn(MINUTE / 2);
        for (const token of tokens) expect(await verify(token)).to.have.property('owner', 'test:anna');
      }
      expect(messages()).to.deep.equal(['the keys of an issuer cannot be fetched']);
      provider.answerBy();
      if (name === 'listens no more') await provider.listen();
      provider.useKeys(second);
      const token = await provider.token();
      await turnedUntil('they are fetched again', () => messages().length === 2);
      expect(await verify(token)).to.have.property('owner', 'test:anna');
    });

    it(`cannot be told from others, and the answer is to try again, while they were never fetched because the issuer ${name}`, async () => {
      const token = await provider.token();
      await breakDown(provider);
      trust();
      const failed = rejectionOf(verify(token));
      await clock.waited(1);
      await clock.turn(3_000);
      const error = (await failed) as { code?: string; facts?: object };
      expect(error.code).to.equal('service_unavailable');
      expect(error.facts).to.deep.equal({ retryAfterSeconds: 5 });
    });
  }

  describe('that are made up', () => {
    const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    /** A token that needs no credentials to write, with a key that nobody has. */
    const madeUp = (): string =>
      `${encoded({ alg: 'ES256', kid: randomUUID() })}.${encoded({ iss: provider.issuer })}.${'A'.repeat(86)}`;
    /** How many of these were answered by each code. */
    const codesOf = async (all: Promise<string | undefined>[]) =>
      Object.fromEntries(
        Object.entries(Object.groupBy(await Promise.all(all), (code) => String(code))).map(([code, found]) => [
          code,
          found?.length,
        ]),
      );
    const flood = (count: number, addressOf: (place: number) => string) =>
      Array.from({ length: count }, (_, place) => codeOf(verify(madeUp(), addressOf(place))));
    const LOOKUPS_A_SECOND = 20;
    const MOST_AWAITED = 256;

    beforeEach(async () => {
      trust();
      await settled();
    });

    it('count for their address, beyond which none of it waits, and are no failure of the service', async () => {
      const answers = flood(1_000, () => '192.0.2.66');
      await clock.waited(LOOKUPS_A_SECOND);
      await clock.turn(1_000);
      expect(await codesOf(answers)).to.deep.equal({
        token_invalid: LOOKUPS_A_SECOND,
        too_many_requests_from_address: 1_000 - LOOKUPS_A_SECOND,
      });
      expect(fetchedKeys()).to.equal(2);
    });

    it('hold up neither known keys nor, from another address, the first use of a new one', async () => {
      const known = await provider.token();
      const answers = flood(1_000, () => '192.0.2.66');
      expect(await verify(known, '192.0.2.66')).to.have.property('owner', 'test:anna');
      provider.useKeys([...second, ...first]);
      const fresh = await provider.token();
      const owners = Array.from({ length: 500 }, async () => (await verify(fresh))?.owner);
      await clock.waited(LOOKUPS_A_SECOND + 2);
      await clock.turn(1_000);
      expect(new Set(await Promise.all(owners))).to.deep.equal(new Set(['test:anna']));
      await Promise.all(answers);
    });

    it('make no failure of the service of many addresses together, and ask the issuer once a second', async () => {
      const answers = flood(1_000, (place) => `192.0.2.${Math.floor(place / 10)}`);
      await clock.waited(MOST_AWAITED);
      const late = rejectionOf(verify(madeUp(), '198.51.100.1'));
      expect(await late)
        .to.have.property('facts')
        .that.deep.equals({ retryAfterSeconds: 1 });
      await clock.turn(1_000);
      expect(await codesOf(answers)).to.deep.equal({
        token_invalid: MOST_AWAITED,
        too_many_requests_from_address: 1_000 - MOST_AWAITED,
      });
      expect(fetchedKeys()).to.equal(2);
    });

    it('leave nothing behind: a second later as many are looked for again', async () => {
      for (let second = 0; second < 5; second += 1) {
        const answers = flood(100, () => '192.0.2.66');
        await clock.waited(LOOKUPS_A_SECOND + 1);
        await clock.turn(1_000);
        expect(await codesOf(answers)).to.have.property('token_invalid', LOOKUPS_A_SECOND);
        await clock.turn(1);
      }
    });
  });

  it('count no more when they could not be fetched for a day', async () => {
    trust();
    const token = await provider.token();
    await verify(token);
    await settled();
    await provider.close();
    await clock.turn(23 * 60 * MINUTE);
    expect(await verify(token)).to.have.property('owner', 'test:anna');
    await clock.turn(61 * MINUTE);
    const refused = codeOf(verify(token));
    await clock.turn(5_000);
    expect(await refused).to.equal('service_unavailable');
    await eventually('that is in the log', () => messages().includes('the keys of an issuer are too old to be used'));
  });

  const documents: Record<string, (issuer: string) => object> = {
    'of another issuer': (issuer) => ({ issuer: `${issuer}/`, jwks_uri: `${issuer}/jwks` }),
    'without the address of keys': (issuer) => ({ issuer }),
    'with an address that others on the way can answer': (issuer) => ({ issuer, jwks_uri: 'http://192.0.2.1/jwks' }),
  };
  for (const [name, documentOf] of Object.entries(documents)) {
    it(`are not fetched by a discovery document ${name}`, async () => {
      const token = await provider.token();
      provider.answerBy((_request, response) => void response.end(JSON.stringify(documentOf(provider.issuer))));
      trust();
      expect(await codeOf(verify(token))).to.equal('service_unavailable');
      expect(fetchedKeys()).to.equal(0);
    });
  }

  it('are not looked for where a redirection leads', async () => {
    const token = await provider.token();
    provider.answerBy(
      (_request, response) => void response.writeHead(302, { location: `${provider.issuer}/elsewhere` }).end(),
    );
    trust();
    expect(await codeOf(verify(token))).to.equal('service_unavailable');
    expect([...provider.fetched.keys()]).to.not.include('/elsewhere');
  });
});
