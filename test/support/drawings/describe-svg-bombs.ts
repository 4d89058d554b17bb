import { expect } from 'chai';
import type { ImageServiceError } from '../../../shared/domain/errors.ts';
import { closeSvgSanitizer, sanitizeSvg } from '../../../shared/uploads/svg/sanitize-svg.ts';
import { rejectionOf } from '../rejection.ts';
import { drawing } from './drawings.ts';
import { svgProblems } from './strict-svg-check.ts';

const HARMLESS = drawing({ width: 48, height: 32 });

const svg = (content: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg"${attributes}>${content}</svg>`;

const SENDER = 'an owner';

/** Drawings of which each takes far more time or memory than there is. */
const BOMBS: Record<string, () => string> = {
  'nested elements': () => svg(`${'<g>'.repeat(200_000)}${'</g>'.repeat(200_000)}`),
  'attributes of one element': () => svg('', Array.from({ length: 350_000 }, (_, index) => ` a${index}=""`).join('')),
  elements: () => svg('<g/>'.repeat(1_000_000)),
  'pieces of text': () => svg('x<!--y-->'.repeat(450_000)),
};

/** Style sheets that are read in time, or refused. */
const STYLE_BOMBS: Record<string, () => string> = {
  'nested rules': () => `@import x;${'a{'.repeat(1_000_000)}`,
  'brackets that do not end': () => `@import x;${'('.repeat(3_000_000)}`,
  'comments that do not end': () => `@import x;${'/*'.repeat(1_500_000)}`,
  'addresses that do not end': () => 'a{b:url(x'.repeat(400_000),
  'broken declarations': () => `@import x;${'a:'.repeat(1_500_000)}`,
  'broken strings': () => `@import x;${'a{b:"\n'.repeat(400_000)}`,
  'rules with functions': () => `@import x;${'a{b:c(d)}'.repeat(400_000)}`,
};

/** Defines tests of drawings and style sheets that take too much. Each takes seconds of a processor; by default all of them. */
export function describeSvgBombs({
  drawings = Object.keys(BOMBS),
  styles = Object.keys(STYLE_BOMBS),
}: {
  drawings?: string[];
  styles?: string[];
}): void {
  describe('sanitizeSvg with what takes too much', () => {
    after(closeSvgSanitizer);

    for (const name of drawings) {
      it(`refuses a bomb of ${name}, and sanitises the next drawing`, async () => {
        const error = await rejectionOf(sanitizeSvg(Buffer.from(BOMBS[name]?.() ?? ''), SENDER));
        expect(error).to.have.property('code', 'image_unreadable');
        expect((error as ImageServiceError).message).to.match(
          /more than 2 seconds of a processor|more than 256 MB|nested too deeply/,
        );
        expect((await sanitizeSvg(HARMLESS, SENDER)).removed).to.deep.equal([]);
      });
    }

    for (const name of styles) {
      it(`ends with a style sheet of ${name}, and sanitises the next drawing`, async () => {
        const bomb = Buffer.from(svg(`<style>${STYLE_BOMBS[name]?.()}</style>`));
        const result = await sanitizeSvg(bomb, SENDER).catch((error: ImageServiceError) => error);
        if (result instanceof Error) expect(result).to.have.property('code', 'image_unreadable');
        else expect(svgProblems(result.svg.toString())).to.deep.equal([]);
        expect((await sanitizeSvg(HARMLESS, SENDER)).removed).to.deep.equal([]);
      });
    }
  });
}
