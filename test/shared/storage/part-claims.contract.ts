import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { ImageTable } from '../../../shared/storage/image-table.ts';
import { claimedParts, claimPart, type PartSize, releasePart } from '../../../shared/storage/part-claims.ts';
import type { OpenedTable } from '../../support/storage/emulators.ts';

const LASTING = { seconds: 60 };

/** The same for every table: what is claimed is seen at once by all, until it is released or its time is over. */
export function describePartClaims(name: string, open: () => Promise<OpenedTable>): void {
  describe(`claims of parts in ${name}`, () => {
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
      (await claimedParts(table(), uploadId)).sort((a, b) => a.partNumber - b.partNumber || a.size - b.size);

    it('are those of their upload, and none at first', async () => {
      expect(await claimed()).to.deep.equal([]);
      await claimPart(table(), randomUUID(), { partNumber: 1, size: 1 }, LASTING);
      expect(await claimed()).to.deep.equal([]);
    });

    it('are all seen by whoever has claimed, also when many do at once', async () => {
      const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
      const seen = await Promise.all(numbers.map((number) => claim(number, number * 10).then(claimed)));
      expect(await claimed()).to.deep.equal(numbers.map((partNumber) => ({ partNumber, size: partNumber * 10 })));
      for (const [index, parts] of seen.entries()) {
        expect(parts).to.deep.include({ partNumber: index + 1, size: (index + 1) * 10 });
      }
      expect(Math.max(...seen.map(({ length }) => length))).to.equal(numbers.length);
    });

    it('are several where several requests bring one part, and each releases its own', async () => {
      const first = await claim(7, 100);
      const second = await claim(7, 200);
      await releasePart(table(), first);
      expect(await claimed()).to.deep.equal([{ partNumber: 7, size: 200 }]);
      await releasePart(table(), first);
      expect(await claimed()).to.have.length(1);
      await releasePart(table(), second);
      expect(await claimed()).to.deep.equal([]);
    });

    it('end with their time', async () => {
      const ago = (seconds: number) => ({ now: Date.now() - seconds * 1000 });
      await claim(1, 10, ago(LASTING.seconds + 2));
      await claim(2, 20, ago(LASTING.seconds - 30));
      expect(await claimed()).to.deep.equal([{ partNumber: 2, size: 20 }]);
    });
  });
}
