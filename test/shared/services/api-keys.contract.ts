import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { apiKeyPartition, apiKeySortKey } from '../../../shared/contracts/table.ts';
import { digestOfKey, makeApiKey } from '../../../shared/domain/api-key.ts';
import { hasCode } from '../../../shared/domain/errors.ts';
import type { Principal, Verifier } from '../../../shared/domain/principal.ts';
import { openApiKeys } from '../../../shared/services/api-keys.ts';
import {
  createApiKey,
  listApiKeys,
  noteUse,
  readApiKey,
  revokeApiKey,
} from '../../../shared/storage/table/api-keys.ts';
import { eventually } from '../../support/eventually.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { type LogLine, logInto } from '../../support/services/services.ts';
import type { OpenedTable } from '../../support/storage/emulators.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';

const ADDRESS = '192.0.2.1';
const DAY = 24 * 3_600_000;

/** What API keys in the table keep to on any DynamoDB endpoint. */
export function describeApiKeys(label: string, open: () => Promise<OpenedTable>): void {
  describe(`API keys in the table: ${label}`, () => {
    let opened: OpenedTable;
    let table: OpenedTable['table'];
    let clock: TurnedClock;
    let verify: Verifier;
    let reads = 0;
    const logs: LogLine[] = [];
    before(async () => {
      opened = await open();
      opened.table.documents.middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            if (commandName === 'QueryCommand') reads += 1;
            return next(args);
          },
        { step: 'initialize', name: 'reads' },
      );
    });
    after(() => opened?.close());
    beforeEach(() => {
      table = { ...opened.table };
      clock = turnedClock();
      logs.length = 0;
      ({ verify } = openApiKeys({ table, logger: logInto(logs, 'test'), clock }));
      reads = 0;
    });

    /** Makes a key and keeps it; returns the key and its id. */
    async function created(changed: { expiresAt?: string; owner?: string } = {}) {
      const { key, keyId, digest } = makeApiKey();
      const record = { keyId, digest, owner: 'anna', scopes: ['images:read'] as const, createdBy: 'the test' };
      await createApiKey(opened.table, { ...record, createdAt: new Date().toISOString(), ...changed });
      return { key, keyId };
    }
    const codeOf = async (verified: Promise<Principal | undefined>): Promise<unknown> =>
      ((await rejectionOf(verified)) as { code?: string }).code;
    const isRefused = async (key: string) =>
      hasCode(await verify(key, ADDRESS).catch((error: unknown) => error), 'unauthenticated');

    it('are those of their owners, with their scopes, until they end', async () => {
      const expiresAt = new Date(Date.now() + DAY).toISOString();
      const { key, keyId } = await created({ expiresAt });
      const principal = await verify(key, ADDRESS);
      const expected = { kind: 'key', owner: 'anna', subject: keyId, scopes: ['images:read'] };
      expect(principal).to.deep.include({ ...expected, expiresAt: Date.parse(expiresAt) });
    });

    it('are not taken for other forms of credentials', async () => {
      for (const other of ['the-key-of-today', 'isk_', 'a.b.c', `isk_${'a'.repeat(12)}_${'b'.repeat(42)}`])
        expect(await verify(other, ADDRESS), other).to.equal(undefined);
      expect(reads).to.equal(0);
    });

    it('are kept as digests only', async () => {
      const { key, keyId } = await created();
      const record = await readApiKey(table, keyId);
      expect(record?.digest).to.equal(digestOfKey(key));
      expect(JSON.stringify(record)).to.not.include(key.slice(17));
    });

    it('are refused with another secret, unknown, and after their end, and say nothing of which', async () => {
      const { key } = await created();
      const last = key.endsWith('A') ? 'B' : 'A';
      const { key: ended } = await created({ expiresAt: new Date(Date.now() - 1).toISOString() });
      const errors = await Promise.all(
        [key.slice(0, -1) + last, makeApiKey().key, ended].map((wrong) => rejectionOf(verify(wrong, ADDRESS))),
      );
      expect(new Set(errors.map((error) => (error as Error).message)).size).to.equal(1);
      expect(errors.every((error) => hasCode(error, 'unauthenticated'))).to.equal(true);
    });

    it('are read once in half a minute, by all requests together', async () => {
      const { key } = await created();
      await Promise.all(Array.from({ length: 50 }, () => verify(key, ADDRESS)));
      await clock.turn(29_000);
      await verify(key, ADDRESS);
      expect(reads).to.equal(1);
      await clock.turn(2_000);
      await verify(key, ADDRESS);
      expect(reads).to.equal(2);
    });

    it('stop working within half a minute of their revocation, without a restart, also for those who stay connected', async () => {
      const { key, keyId } = await created();
      const principal = await verify(key, ADDRESS);
      expect(await principal?.recheck?.()).to.equal(true);
      expect(await revokeApiKey(opened.table, keyId)).to.equal(true);
      await clock.turn(30_001);
      expect(await isRefused(key)).to.equal(true);
      expect(await principal?.recheck?.()).to.equal(false);
      expect(await revokeApiKey(opened.table, keyId), 'twice').to.equal(false);
      expect(await revokeApiKey(opened.table, makeApiKey().keyId), 'what was never there').to.equal(false);
    });

    it('work for a minute while the table cannot be read, and are then answered with 503', async () => {
      const { key } = await created();
      await verify(key, ADDRESS);
      table.tableName = 'not-there';
      for (const seconds of [31, 28]) {
        await clock.turn(seconds * 1_000);
        expect(await verify(key, ADDRESS)).to.have.property('owner', 'anna');
      }
      await clock.turn(1_001);
      expect(await codeOf(verify(key, ADDRESS))).to.equal('service_unavailable');
      table.tableName = opened.table.tableName;
      expect(await verify(key, ADDRESS)).to.have.property('owner', 'anna');
    });

    it('are answered with 503 if they were never read', async () => {
      const { key } = await created();
      table.tableName = 'not-there';
      expect(await codeOf(verify(key, ADDRESS))).to.equal('service_unavailable');
    });

    it('are looked for again ten seconds after they were not found, so that a new one works', async () => {
      const { key, keyId, digest } = makeApiKey();
      for (let tried = 0; tried < 30; tried += 1) expect(await isRefused(key)).to.equal(true);
      expect(reads).to.equal(1);
      const createdAt = new Date().toISOString();
      await createApiKey(opened.table, { keyId, digest, owner: 'anna', scopes: [], createdAt, createdBy: 'the test' });
      await clock.turn(10_001);
      expect(await verify(key, ADDRESS)).to.have.property('owner', 'anna');
    });

    it('that nobody has made cost twenty reads a second of each address, and then none', async () => {
      const { key } = await created();
      await verify(key, ADDRESS);
      reads = 0;
      for (let tried = 0; tried < 20; tried += 1) await isRefused(makeApiKey().key);
      const another = makeApiKey().key;
      expect(await codeOf(verify(another, ADDRESS))).to.equal('too_many_requests_from_address');
      expect(reads).to.equal(20);
      expect(await codeOf(verify(another, '192.0.2.2')), 'another address').to.equal('unauthenticated');
      await clock.turn(31_000);
      for (let tried = 0; tried < 20; tried += 1) await isRefused(makeApiKey().key);
      expect(await verify(key, ADDRESS), 'a known key at that address').to.have.property('owner', 'anna');
      await clock.turn(1_001);
      expect(await codeOf(verify(makeApiKey().key, ADDRESS)), 'a second later').to.equal('unauthenticated');
    });

    it('tell when they were last used, to the hour, and are not made anew by that', async () => {
      const { key, keyId } = await created();
      await verify(key, ADDRESS);
      const first = await eventually('its use is noted', async () => (await readApiKey(table, keyId))?.lastUsedAt);
      const at = Date.parse(first);
      await noteUse(table, keyId, new Date(at + 3_599_000));
      expect((await readApiKey(table, keyId))?.lastUsedAt).to.equal(first);
      await noteUse(table, keyId, new Date(at + 3_601_000));
      expect((await readApiKey(table, keyId))?.lastUsedAt).to.equal(new Date(at + 3_601_000).toISOString());
      const { keyId: absent } = makeApiKey();
      await noteUse(table, absent);
      expect(await readApiKey(table, absent)).to.equal(undefined);
    });

    it('are listed, those that have ended lately too, the oldest first', async () => {
      const before = await listApiKeys(table);
      const made = [];
      for (let count = 0; count < 5; count += 1) made.push(await created({ owner: 'bert' }));
      await revokeApiKey(table, made[0]?.keyId ?? '');
      const listed = (await listApiKeys(table)).slice(before.length);
      expect(listed.map(({ keyId }) => keyId)).to.have.members(made.map(({ keyId }) => keyId));
      expect(listed.filter(({ revokedAt }) => revokedAt !== undefined)).to.have.length(1);
    });

    const damages: Record<string, unknown> = {
      owner: 'a\nb',
      scopes: ['images:all'],
      digest: 'not hexadecimal',
      keyId: 'another',
      expiresAt: 'tomorrow',
      removeAfter: 1_900_000_000,
    };
    for (const [attribute, value] of Object.entries(damages)) {
      it(`are refused with a damaged record, of which ${attribute} is wrong`, async () => {
        const { key, keyId } = await created();
        await opened.table.documents.send(
          new UpdateCommand({
            TableName: opened.table.tableName,
            Key: { pk: apiKeyPartition(keyId), sk: apiKeySortKey(keyId) },
            UpdateExpression: 'SET #damaged = :value',
            ExpressionAttributeNames: { '#damaged': attribute },
            ExpressionAttributeValues: { ':value': value },
          }),
        );
        const error = await rejectionOf(verify(key, ADDRESS));
        expect(hasCode(error, 'object_damaged'), String(error)).to.equal(true);
        expect(String(error)).to.include(attribute);
        await opened.table.documents.send(
          new DeleteCommand({
            TableName: opened.table.tableName,
            Key: { pk: apiKeyPartition(keyId), sk: apiKeySortKey(keyId) },
          }),
        );
      });
    }

    it('are no second time kept by the same id', async () => {
      const { keyId } = await created();
      const createdAt = new Date().toISOString();
      const other = { keyId, digest: makeApiKey().digest, owner: 'bert', scopes: [], createdAt, createdBy: 'the test' };
      expect(await createApiKey(opened.table, other)).to.equal(false);
      expect((await readApiKey(table, keyId))?.owner).to.equal('anna');
    });
  });
}
