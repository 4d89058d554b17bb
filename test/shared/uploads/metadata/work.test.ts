import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { openWork, type Work } from '../../../../shared/uploads/metadata/work.ts';
import { isStreamed } from '../../../../shared/uploads/remove-metadata.ts';
import { DEGENERATE } from '../../../support/images/degenerate-files.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';

const FILE_BYTES = 2_000_000;

/** Counts all that is done, and what is done without a pause. */
function countedWork(): Work & { done(): number; mostAtOnce(): number } {
  const work = openWork();
  let [done, since, most] = [0, 0, 0];
  return {
    spend(steps, bytes) {
      done += steps;
      since += steps;
      most = Math.max(most, since);
      work.spend(steps, bytes);
    },
    mustPause() {
      const isDue = work.mustPause();
      if (isDue) since = 0;
      return isDue;
    },
    countParts(bytes, parts) {
      done += parts ?? 1;
      work.countParts(bytes, parts);
    },
    done: () => done,
    mostAtOnce: () => most,
  };
}

/** Removes metadata, or has the file refused; answers what it took. */
async function workOf(file: Buffer, options: Pick<Parameters<typeof removeFrom>[1] & object, 'format' | 'lengths'>) {
  const work = countedWork();
  try {
    expect((await removeFrom(file, { ...options, work })).out).to.have.lengthOf(file.length);
  } catch (error) {
    if (!(error instanceof ImageServiceError)) throw error;
    expect(error.code).to.equal('image_unreadable');
  }
  return { done: work.done(), mostAtOnce: work.mostAtOnce() };
}

/** How many turns the event loop has while something is done. */
async function turnsDuring(doing: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const counting = (async () => {
    while (!isDone) {
      await setImmediate();
      turns += 1;
    }
  })();
  await doing.finally(() => {
    isDone = true;
  });
  await counting;
  return turns;
}

const repeated = (unit: Buffer, bytes: number): Buffer =>
  Buffer.alloc(unit.length * Math.ceil(bytes / unit.length), unit);

describe('the work of removing metadata', () => {
  for (const [name, length] of Object.entries({ 'all at once': 8_000_000, 'in chunks that are there': 64 * 1024 })) {
    it(`leaves turns of the event loop to others when a file comes ${name}`, async () => {
      const file = DEGENERATE['the pixels of a JPEG']?.around(Buffer.alloc(8_000_000, 0xff)) ?? Buffer.alloc(0);
      const turns = await turnsDuring(removeFrom(file, { lengths: [length] }));
      expect(turns).to.be.at.least(10);
    });
  }

  for (const [name, { format, unit, around }] of Object.entries(DEGENERATE)) {
    it(`is bounded by the bytes of a file, whatever is repeated in ${name}`, async () => {
      const pieces = fc.array(fc.integer({ min: 4096, max: 256 * 1024 }), { minLength: 1, maxLength: 4 });
      const property = fc.asyncProperty(unit, pieces, async (part, lengths) => {
        const file = around(repeated(part, FILE_BYTES));
        const { done, mostAtOnce } = await workOf(file, { format, lengths });
        expect(done).to.be.below(400_000);
        if (isStreamed(format)) expect(mostAtOnce).to.be.below(20_000);
      });
      await fc.assert(property, { numRuns: 8 });
    });

    it(`is some steps for each byte when the bytes of ${name} come one by one`, async () => {
      const property = fc.asyncProperty(unit, async (part) => {
        const file = around(repeated(part, 20_000));
        const { done } = await workOf(file, { format, lengths: [1] });
        expect(done).to.be.below(20_000 + 4 * file.length);
      });
      await fc.assert(property, { numRuns: 3 });
    });
  }
});
