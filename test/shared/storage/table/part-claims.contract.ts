import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { ImageTable } from '../../../../shared/storage/table/image-table.ts';
import {
  claimPart,
  listPartClaims,
  type PartSize,
  releasePartClaim,
} from '../../../../shared/storage/table/part-claims.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';

const LASTING = { seconds: 60 };

/** The same for every table: what is claimed is seen at once by all, until it is released or its time is over. */
export function describePartClaims(name: string, open: () => Promise<OpenedTable>): void {
  describe(`part claims: ${name}`, () => {
    let opened: OpenedTable;
    let uploadId: string;
    const table = (): ImageTable => opened.table;
    before(async () => {
      opened = await open();
    });
    after(() => opened?.close());
    beforeEach(() => {
      uploadId = randomUUID();
    });

    const claim = (partNumber: number, size: number, more: { now?: number } = {}) =>
      claimPart(table(), uploadId, { partNumber, size }, { ...LASTING, ...more });
    const claimed = async (): Promise<PartSize[]> =>
      (await listPartClaims(table(), uploadId)).sort((a, b) => a.partNumber - b.partNumber || a.size - b.size);

    it('lists the claims of one upload, none at first', async () => {
      expect(await claimed()).to.deep.equal([]);
      await claimPart(table(), randomUUID(), { partNumber: 1, size: 1 }, LASTING);
      expect(await claimed()).to.deep.equal([]);
    });

    it('shows every claim to whoever has claimed, even when many claim at once', async () => {
      const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
      const seen = await Promise.all(numbers.map((number) => claim(number, number * 10).then(claimed)));
      expect(await claimed()).to.deep.equal(numbers.map((partNumber) => ({ partNumber, size: partNumber * 10 })));
      for (const [index, parts] of seen.entries()) {
        expect(parts).to.deep.include({ partNumber: index + 1, size: (index + 1) * 10 });
      }
      expect(Math.max(...seen.map(({ length }) => length))).to.equal(numbers.length);
    });

    it('keeps one claim for each request that sends the same part, and each releases its own', async () => {
      const first = await claim(7, 100);
      const second = await claim(7, 200);
      await releasePartClaim(table(), first);
      expect(await claimed()).to.deep.equal([{ partNumber: 7, size: 200 }]);
      await releasePartClaim(table(), first);
      expect(await claimed()).to.have.length(1);
      await releasePartClaim(table(), second);
      expect(await claimed()).to.deep.equal([]);
    });

    it('expires claims', async () => {
      const ago = (seconds: number) => ({ now: Date.now() - seconds * 1000 });
      await claim(1, 10, ago(LASTING.seconds + 2));
      await claim(2, 20, ago(LASTING.seconds - 30));
      expect(await claimed()).to.deep.equal([{ partNumber: 2, size: 20 }]);
    });
  });
}
