import { expect } from 'chai';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { checkPainting, paintingOf, secondsToPaint } from '../../../../shared/domain/svg/svg-painting.ts';
import { cpuTimeOf } from '../../../support/cpu-time.ts';
import { svgOf } from '../../../support/drawings/referring-drawings.ts';
import { HONEST_TEXTS, TEXTED } from '../../../support/drawings/texted-drawings.ts';

const COMMON = { width: 2000, height: 2000 };
const SMALL = { width: 200, height: 200 };
const secondsOf = (drawing: string, size = COMMON) => secondsToPaint(paintingOf(drawing), size);
const letters = '@'.repeat(70);

/** Milliseconds for reading the longest drawing. */
const MOST_MS = 4_000;

describe('the texts of an SVG', () => {
  for (const [kind, write] of Object.entries(TEXTED)) {
    it(`are refused if there are too many: ${kind}`, () => {
      expect(() => checkPainting(paintingOf(write(50_000)), COMMON)).to.throw(/so many elements, lines/);
    });
  }

  for (const [kind, write] of Object.entries(HONEST_TEXTS)) {
    it(`are admitted with room to spare for ${kind}`, () => {
      expect(secondsOf(write())).to.be.below(LIMITS.svgDrawingSeconds / 1.2);
    });
  }

  it('are refused if a few bytes of them would take all memory and time', () => {
    const texts = (count: number, length: number, attributes: string) =>
      svgOf(`<text y="150" ${attributes}>${'@'.repeat(length)}</text>`.repeat(count), 200);
    const refused = {
      'dashes of a huge font': texts(1, 40, 'font-size="100000" stroke="red" stroke-width="2" stroke-dasharray="0.3"'),
      'one text': texts(1, 10_000, 'font-size="300" stroke="red" stroke-width="300" stroke-linejoin="round"'),
      dashes: texts(2_000, 40, 'stroke="red" stroke-width="100" stroke-dasharray="0.3"'),
      'wide strokes': texts(1_000, 300, 'stroke="red" stroke-width="300" stroke-linejoin="round"'),
      'large letters': texts(20_000, 70, 'font-size="2000"'),
    };
    for (const [what, drawing] of Object.entries(refused)) {
      expect(() => checkPainting(paintingOf(drawing), SMALL), what).to.throw(/so many elements, lines/);
    }
  });

  it('are counted at the largest font size that is given anywhere', () => {
    const plain = secondsOf(svgOf(`<text>${letters}</text>`));
    const large = secondsOf(svgOf(`<text font-size="900">${letters}</text>`));
    expect(large).to.be.above(3 * plain);
    const told = [
      `<text style="font-size:900px">${letters}</text>`,
      `<text style="font:italic 700 900px/1.5 serif">${letters}</text>`,
      `<text font="900px serif">${letters}</text>`,
      `<text style="/**/FONT-SIZE: 900 !important">${letters}</text>`,
      `<text font-size="9&#x30;0">${letters}</text>`,
      `<g font-size="900"><text>${letters}</text></g>`,
      `<g font-size="90"><g font-size="10em"><text>${letters}</text></g></g>`,
      `<g font-size="90"><g font-size="1000%"><text><tspan>${letters}</tspan></text></g></g>`,
      `<style>text { font-size: 900px }</style><text>${letters}</text>`,
      `<style>* { font: bold 900px serif }</style><text>${letters}</text>`,
      `<style>* { font-size: 9em }</style><g><g><text>${letters}</text></g></g>`,
      `<text font-size="calc(1px * 900)">${letters}</text>`,
      `<defs><text id="t">${letters}</text></defs><use href="#t" font-size="900"/>`,
      `<g font-size="100"><use href="#u" font-size="3em"/></g><g id="u" font-size="3em"><use href="#t"/></g><text id="t">${letters}</text>`,
      `<defs><desc id="t">${letters}</desc></defs><text font-size="900"><tref href="#t"/></text>`,
      `<text font-size="900"><![CDATA[${letters}]]></text>`,
    ];
    for (const body of told) expect(secondsOf(svgOf(body)), body).to.be.at.least(0.99 * large);
    for (const size of ['inherit', 'medium', 'smaller', '1rem 2', '100%', '1em']) {
      expect(secondsOf(svgOf(`<text font-size="${size}">${letters}</text>`)), size).to.be.at.least(plain);
    }
  });

  it('count as often as they are referred to', () => {
    const once = `<defs><text id="t">${letters}</text></defs>`;
    const of = (body: string, count: number) => secondsOf(svgOf(once + body.repeat(count)));
    expect(of('<use href="#t"/>', 1_000)).to.be.above(100 * of('<use href="#t"/>', 1));
    expect(of('<text><tref href="#t"/></text>', 1_000)).to.be.above(100 * of('<text><tref href="#t"/></text>', 1));
  });

  it('are counted in linear time', () => {
    const filled = (each: string) => svgOf(each.repeat(Math.floor(4_000_000 / each.length)));
    const long = {
      texts: filled('<text font-size="9em">@@</text>'),
      references: svgOf(
        `<text id="t">${'<tspan>@</tspan>'.repeat(50_000)}</text>${'<text><tref href="#t"/></text>'.repeat(90_000)}`,
      ),
      sheets: svgOf(`<style>${'a{font:1px b}'.repeat(300_000)}</style>`),
      fonts: svgOf(`<text style="${'font:1 '.repeat(500_000)}"/>`),
      words: svgOf(`<text style="font:${'1 '.repeat(2_000_000)}"/>`),
      digits: svgOf(`<text font-size="${'1'.repeat(4_000_000)}"/>`),
      important: svgOf(`<text font-size="1${'!'.repeat(2_000_000)}${' '.repeat(2_000_000)}"/>`),
    };
    for (const [what, drawing] of Object.entries(long)) {
      expect(
        cpuTimeOf(() => paintingOf(drawing)),
        what,
      ).to.be.below(MOST_MS);
    }
  });
});

describe('the primitives of filters', () => {
  const filtered = (primitive: string, rest = '') =>
    svgOf(`<filter id="f">${primitive}</filter><rect width="1000" height="1000" filter="url(#f)"/>${rest}`, 1000);
  const convolved = (order: number, attributes: string) =>
    filtered(
      `<feConvolveMatrix order="${order}" kernelMatrix="${'1 '.repeat(order ** 2)}" divisor="9" ${attributes}/>`,
    );
  const side = { width: 1000, height: 1000 };

  it('take longer with smaller pixels', () => {
    expect(() => checkPainting(paintingOf(convolved(20, 'kernelUnitLength="0.1"')), side)).to.throw(/filters/);
    for (const length of ['0.1', '.1', '1e-1', '0.1 0.1', '0', '-1', '1px', '&#48;.1']) {
      expect(secondsOf(convolved(20, `kernelUnitLength="${length}"`), side), length).to.be.above(100);
    }
    for (const light of ['feDiffuseLighting', 'feSpecularLighting']) {
      expect(secondsOf(filtered(`<${light} kernelUnitLength="0.05"><feDistantLight/></${light}>`), side)).to.be.above(
        60,
      );
    }
    const tiny = `<g transform="scale(.01)"><rect width="9" height="9" filter="url(#f)"/></g>`;
    expect(secondsOf(filtered('<feDiffuseLighting kernelUnitLength="1"/>', tiny), side)).to.be.above(1_000);
    const used =
      '<use href="#g" transform="scale(.1)"/><g id="g"><use href="#h" transform="scale(.1)"/></g><g id="h"/>';
    expect(secondsOf(filtered('<feDiffuseLighting kernelUnitLength="1"/>', used), side)).to.be.above(1_000);
  });

  it('are admitted with pixels as large as units', () => {
    expect(secondsOf(convolved(3, 'kernelUnitLength="1"'), side)).to.be.below(5);
    expect(secondsOf(filtered('<feDiffuseLighting kernelUnitLength="1 1"/>'), side)).to.be.below(5);
    expect(secondsOf(convolved(3, ''), side)).to.be.below(5);
  });

  it('take longer with larger kernels', () => {
    expect(secondsOf(convolved(20, ''), side)).to.be.above(5);
    expect(secondsOf(convolved(20, '').replace('order="20"', 'order="20.0,2e1"'), side)).to.be.above(5);
  });
});
