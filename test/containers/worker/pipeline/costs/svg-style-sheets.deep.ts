import { expect } from 'chai';
import sharp from 'sharp';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { checkSvgLimits } from '../../../../../shared/domain/svg/svg-limits.ts';
import { cpuSecondsOf } from '../../../../support/cpu-time.ts';
import { STYLE_SHEETS, styledDrawing } from '../../../../support/drawings/style-sheets.ts';

/** What LIMITS.svgStyleComparisons promises, and six times of it for slower machines: without the limit each takes minutes or hours. */
const SECONDS = 6 * 5;

describe('what librsvg takes for the most that style sheets may ask for', function () {
  this.timeout(600_000);

  for (const [kind, styled] of Object.entries(STYLE_SHEETS)) {
    it(`is within its promise for ${kind}`, async () => {
      const drawing = styledDrawing(styled);
      checkSvgLimits(drawing);
      const seconds = await cpuSecondsOf(() => sharp(Buffer.from(drawing)).metadata());
      expect(seconds, `of ${LIMITS.svgStyleComparisons} comparisons`).to.be.below(SECONDS);
    });
  }
});
