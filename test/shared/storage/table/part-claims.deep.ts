import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { claimPart, listPartClaims } from '../../../../shared/storage/table/part-claims.ts';
import { openLocalTable } from '../../../support/storage/emulators.ts';

/** As many as are answered in time also where all of them wait for one processor. */
const AT_ONCE = 100;

describe('claims of more parts than one page', function () {
  this.timeout(600_000);

  it('lists claims beyond the first page of an answer', async () => {
    const { table, close } = await openLocalTable();
    try {
      const uploadId = randomUUID();
      // DynamoDB answers 1 MiB at a time, of items that have some 100 bytes each.
      const many = Array.from({ length: 10_000 }, (_, index) => index + 1);
      for (let at = 0; at < many.length; at += AT_ONCE) {
        const parts = many.slice(at, at + AT_ONCE).map((partNumber) => ({ partNumber, size: 1 }));
        await Promise.all(parts.map((part) => claimPart(table, uploadId, part, { seconds: 600 })));
      }
      expect((await listPartClaims(table, uploadId)).length).to.equal(many.length);
    } finally {
      await close();
    }
  });
});
