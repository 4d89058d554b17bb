import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { openHeif } from '../../../containers/worker/pipeline/formats/heif/libheif.ts';
import { sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import { KEPT, MARK, personalFiles } from '../../support/images/personal-metadata.ts';
import { expectNoneAfterDamage, pieces, pixelsOf, removeFrom } from '../../support/images/removed-metadata.ts';

const files = await personalFiles();

describe('removing personal metadata', () => {
  for (const [name, file] of Object.entries(files)) {
    it(`leaves none in ${name}, and the length and all pixels as they were`, async () => {
      const { out, removed } = await removeFrom(file);
      expect(file.includes(MARK)).to.equal(true);
      expect(out.includes(MARK)).to.equal(false);
      expect(out).to.have.lengthOf(file.length);
      expect((await pixelsOf(out)).equals(await pixelsOf(file)), 'pixels').to.equal(true);
      expect(removed).to.include('other');
    });

    it(`keeps orientation, resolution, profile, timing, artist and copyright of ${name}`, async () => {
      const { out } = await removeFrom(file);
      const [before, after] = [await factsOf(file), await factsOf(out)];
      expect(after).to.deep.equal(before);
      for (const text of Object.values(KEPT)) expect(out.includes(text), text).to.equal(file.includes(text));
    });

    it(`changes nothing more when ${name} comes again`, async () => {
      const { out } = await removeFrom(file);
      const again = await removeFrom(out);
      expect(again.out.equals(out)).to.equal(true);
      expect(again.removed).to.deep.equal([]);
    });

    it(`gives the same bytes of ${name} in whatever pieces they come`, async () => {
      const { out, removed } = await removeFrom(file);
      const property = fc.asyncProperty(pieces(file.length), async (lengths) => {
        const cut = await removeFrom(file, { lengths });
        expect(cut.out.equals(out)).to.equal(true);
        expect(cut.removed).to.deep.equal(removed);
      });
      await fc.assert(property, { numRuns: 20 });
    });

    it(`leaves none in ${name} after any damage, or refuses it`, () => expectNoneAfterDamage(file, 400));
  }
});

/** What is to stay, as sharp reads it. Nothing reads a HEIC here but its decoder. */
async function factsOf(file: Buffer) {
  if (sniffFormat(file) === 'heic') return { exif: openHeif(file).exif?.includes(KEPT.artist) };
  const { orientation, density, icc, delay, loop, pages, width, height, depth, hasAlpha } = await sharp(file, {
    animated: true,
    failOn: 'none',
  }).metadata();
  return { orientation, density, icc, delay, loop, pages, width, height, depth, hasAlpha };
}
