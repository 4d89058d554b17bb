import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { uploadTokenPartition, uploadTokenSortKey } from '../../../shared/contracts/table.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import type { Verifier } from '../../../shared/domain/principal.ts';
import type { UploadToken } from '../../../shared/domain/upload-token.ts';
import { newUploadCredential, uploadTokenVerifier } from '../../../shared/services/upload-tokens.ts';
import { createUploadToken, readUploadToken } from '../../../shared/storage/table/upload-tokens.ts';
import { rejectionOf } from '../../support/rejection.ts';
import type { OpenedTable } from '../../support/storage/emulators.ts';
import { turnedClock } from '../../support/turned-clock.ts';

const ADDRESS = '192.0.2.1';

/** What upload tokens keep to on any DynamoDB endpoint. */
export function describeUploadTokens(label: string, open: () => Promise<OpenedTable>): void {
  describe(`upload tokens: ${label}`, () => {
    let opened: OpenedTable;
    let verify: Verifier;
    let reads = 0;
    let now: number;
    const revoked = new Set<string>();
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
      now = Date.now();
      reads = 0;
      revoked.clear();
      verify = uploadTokenVerifier({
        table: opened.table,
        clock: turnedClock(),
        now: () => now,
        isKeyValid: async (keyId) => !revoked.has(keyId),
      });
    });

    async function created(changed: Partial<UploadToken> = {}): Promise<{ credential: string; token: UploadToken }> {
      const { credential, ...secret } = newUploadCredential();
      const token: UploadToken = {
        ...secret,
        owner: 'shop',
        imageId: createImageId(),
        uploadId: randomUUID(),
        maxBytes: 100,
        types: ['image/jpeg'],
        renditions: [{ name: 'card', commands: [], output: { format: 'webp', quality: 80 } }],
        visibility: 'private',
        metadata: { order: '17' },
        createdBy: 'the test',
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + 60_000).toISOString(),
        ...changed,
      };
      await createUploadToken(opened.table, token);
      return { credential, token };
    }
    const codeOf = async (credential: string): Promise<unknown> =>
      ((await rejectionOf(verify(credential, ADDRESS))) as { code?: string }).code;

    it('are kept whole, and known by their credential', async () => {
      const { credential, token } = await created();
      expect(await readUploadToken(opened.table, token.tokenId)).to.deep.equal(token);
      expect(await verify(credential, ADDRESS)).to.deep.equal({
        kind: 'upload-token',
        owner: 'shop',
        subject: token.tokenId,
        scopes: ['upload-token'],
        expiresAt: Date.parse(token.expiresAt),
        uploadToken: token,
      });
    });

    it('are read once for the many parts of an upload, and again by another process', async () => {
      const { credential } = await created();
      for (let part = 0; part < 5; part += 1) await verify(credential, ADDRESS);
      expect(reads).to.equal(1);
      await uploadTokenVerifier({ table: opened.table })(credential, ADDRESS);
      expect(reads).to.equal(2);
    });

    it('end with their time, also while they are known', async () => {
      const { credential } = await created();
      now += 59_999;
      await verify(credential, ADDRESS);
      now += 1;
      expect(await codeOf(credential)).to.equal('token_expired');
    });

    it('end with the key that has made them', async () => {
      const { credential } = await created({ keyId: 'a-key' });
      await verify(credential, ADDRESS);
      revoked.add('a-key');
      expect(await codeOf(credential)).to.equal('token_invalid');
      const { credential: other } = await created();
      expect((await verify(other, ADDRESS))?.owner).to.equal('shop');
    });

    it('are nothing but their whole credential', async () => {
      const { credential, token } = await created();
      const { credential: another } = newUploadCredential();
      for (const wrong of [another, `ist_${token.tokenId}_${another.slice(-43)}`, credential.toUpperCase(), 'ist_'])
        if (wrong.startsWith('ist_')) expect(await codeOf(wrong), wrong).to.equal('token_invalid');
        else expect(await verify(wrong, ADDRESS), wrong).to.equal(undefined);
    });

    it('are not other credentials', async () => {
      for (const other of ['a-key', 'isk_a_b', 'a.b.c', '']) expect(await verify(other, ADDRESS)).to.equal(undefined);
      expect(reads).to.equal(0);
    });

    it('cannot be guessed at many times a second from one address', async () => {
      const codes: unknown[] = [];
      for (let guess = 0; guess < 30; guess += 1) codes.push(await codeOf(newUploadCredential().credential));
      expect(reads).to.equal(20);
      expect(new Set(codes)).to.deep.equal(new Set(['token_invalid', 'too_many_requests_from_address']));
      const { credential } = await created();
      expect((await verify(credential, '192.0.2.2'))?.owner).to.equal('shop');
    });

    it('are damage where an attribute is', async () => {
      const { credential, token } = await created();
      await opened.table.documents.send(
        new UpdateCommand({
          TableName: opened.table.tableName,
          Key: { pk: uploadTokenPartition(token.tokenId), sk: uploadTokenSortKey },
          UpdateExpression: 'SET maxBytes = :many',
          ExpressionAttributeValues: { ':many': 'many' },
        }),
      );
      expect(await codeOf(credential)).to.equal('object_damaged');
    });
  });
}
