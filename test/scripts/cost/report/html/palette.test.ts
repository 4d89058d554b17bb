import { expect } from 'chai';
import { type Colour, PALETTE, seriesColour } from '../../../../../scripts/cost/report/html/palette.ts';

/** Relative luminance, WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminanceOf(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS: Colour[] = ['page', 'panel'];
const TEXTS: Colour[] = ['text', 'muted', 'accent', 'warning'];
const DRAWN: Colour[] = [...Array(7).keys()].map(seriesColour).concat('rest');

describe('the palette of the cost page', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrastOf('#000000', '#ffffff')).to.equal(21);
    expect(contrastOf('#777777', '#ffffff')).to.be.closeTo(4.48, 0.01);
  });

  for (const [mode, name] of ['light', 'dark'].entries()) {
    const hex = (colour: Colour): string => PALETTE[colour][mode] ?? '';

    it(`has text that can be read in ${name}`, () => {
      for (const text of TEXTS)
        for (const ground of GROUNDS)
          expect(contrastOf(hex(text), hex(ground)), `${text} on ${ground}`).to.be.at.least(4.5);
    });

    it(`has colours of charts that can be seen in ${name}`, () => {
      for (const drawn of DRAWN) expect(contrastOf(hex(drawn), hex('page')), drawn).to.be.at.least(3);
    });
  }

  it('has the colours of charts each once', () => {
    expect(new Set(DRAWN).size).to.equal(8);
  });
});
