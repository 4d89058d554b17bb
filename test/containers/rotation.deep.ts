import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { JWK } from 'jose';
import { makeApiKey } from '../../shared/domain/api-key.ts';
import { createApiKey, revokeApiKey } from '../../shared/storage/table/api-keys.ts';
import { type Answered, send } from '../support/http/http-client.ts';
import {
  AUDIENCE,
  type IdentityProvider,
  providerKeys,
  startIdentityProvider,
} from '../support/http/identity-provider.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { turnedClock } from '../support/turned-clock.ts';

/** Requests that are under way at the same time, and the time for which there are. */
const CALLERS = 20;
const SECONDS = 20;

/** The time within which services notice a revocation, and more. */
const NOTICED_MS = 60_000;

describe('under load', function () {
  this.timeout(300_000);
  let provider: IdentityProvider;
  let services: Services;
  let old: JWK[];
  const issuers = () => JSON.stringify([{ name: 'test', issuer: provider.issuer, audience: [AUDIENCE] }]);
  before(async () => {
    old = await providerKeys('old');
    provider = await startIdentityProvider(old);
    services = await startServices({ issuers: issuers() });
  });
  after(async () => {
    await services.stop();
    await provider.close();
  });

  const list = (token: string, { download }: Services = services): Promise<Answered> =>
    send(download, { path: '/v1/images', headers: { authorization: `Bearer ${token}` } });

  /** Has callers ask one after the other with the credentials that `next` gives them, until `isOver`. Resolves to the statuses and how often each was. */
  async function load(
    next: () => Promise<string> | string,
    isOver: () => boolean,
    asked: Services = services,
  ): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    const call = async () => {
      while (!isOver()) {
        const { status } = await list(await next(), asked);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, call));
    return statuses;
  }

  async function createdKey() {
    const { key, keyId, digest } = makeApiKey();
    const createdAt = new Date().toISOString();
    const record = { keyId, digest, owner: 'anna', scopes: ['images:read'] as const, createdAt, createdBy: 'the test' };
    await createApiKey(services.table, record);
    return { key, keyId };
  }

  it('a rotation of the keys of an issuer drops no valid request, neither of old tokens nor of the first by a new key', async () => {
    let token = await provider.token();
    let isOver = false;
    const loaded = load(
      () => token,
      () => isOver,
    );
    for (let second = 0; second < SECONDS; second += 5) {
      await sleep(5_000);
      // The new key is published beside the old one, and is in use at once: the issuer gives nobody time to notice.
      const newer = await providerKeys(`of-second-${second}`);
      provider.useKeys([...newer, ...old]);
      token = await provider.token();
      old = newer;
    }
    isOver = true;
    const statuses = await loaded;
    expect([...statuses.keys()]).to.deep.equal([200]);
  });

  it('ten minutes in which an issuer cannot be reached drop no request of a token by keys that are known', async () => {
    const clock = turnedClock();
    const others = await startServices({ issuers: issuers(), accessClock: clock });
    try {
      const token = await provider.token();
      expect((await list(token, others)).status).to.equal(200);
      await provider.close();
      let isOver = false;
      const loaded = load(
        () => token,
        () => isOver,
        others,
      );
      for (let seconds = 0; seconds <= 600; seconds += 10) {
        await clock.turn(10_000);
        await sleep(100);
      }
      isOver = true;
      expect([...(await loaded).keys()]).to.deep.equal([200]);
      // The services have tried: it is no accident of the clock that nothing was dropped.
      expect(others.logs.map(({ msg }) => msg)).to.include('the keys of an issuer cannot be fetched');
    } finally {
      await others.stop();
      await provider.listen();
    }
  });

  it('a revocation ends one key, and no request of another', async () => {
    const [revoked, kept] = [await createdKey(), await createdKey()];
    let isOver = false;
    const others = load(
      () => kept.key,
      () => isOver,
    );
    expect((await list(revoked.key)).status).to.equal(200);
    await revokeApiKey(services.table, revoked.keyId);
    const revokedAt = Date.now();
    while ((await list(revoked.key)).status !== 401 && Date.now() - revokedAt < NOTICED_MS) await sleep(500);
    expect((await list(revoked.key)).status).to.equal(401);
    isOver = true;
    expect([...(await others).keys()]).to.deep.equal([200]);
  });
});
