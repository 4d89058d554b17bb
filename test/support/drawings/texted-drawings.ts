import { many, svgOf } from './referring-drawings.ts';

/** The given number of letters, in texts of the given length, all of the letter that takes longest. */
const texts = (letters: number, each: number, attributes: string): string =>
  `<text x="0" y="900" ${attributes}>${'@'.repeat(each)}</text>`.repeat(Math.ceil(letters / each));
const drawn = (letters: number, each: number, attributes: string): string =>
  svgOf(texts(letters, each, attributes), 1000);
const WIDE = 'stroke="red" stroke-width="300" stroke-linejoin="round"';

/** Drawings of a number of letters, each of which takes as long as possible. */
export const TEXTED: Record<string, (letters: number) => string> = {
  'small letters in one text': (letters) => drawn(letters, letters, 'font-size="20"'),
  'large letters': (letters) => drawn(letters, 1, 'font-size="1000"'),
  'larger letters in rows': (letters) => drawn(letters, 60, 'font-size="2000"'),
  'stroked letters in one text': (letters) => drawn(letters, letters, 'font-size="20" stroke="red" stroke-width="2"'),
  'large stroked letters': (letters) => drawn(letters, 1, 'font-size="1000" stroke="red"'),
  'large stroked letters in one text': (letters) => drawn(letters, letters, 'font-size="300" stroke="red"'),
  'letters with wide strokes': (letters) => drawn(letters, 60, `font-size="300" ${WIDE}`),
  'letters with wide strokes in one text': (letters) => drawn(letters, letters, `font-size="300" ${WIDE}`),
  'small letters with wide strokes': (letters) => drawn(letters, 60, `font-size="20" ${WIDE}`),
  'letters with dashes': (letters) =>
    drawn(letters, 60, 'font-size="20" stroke="red" stroke-width="1" stroke-dasharray="0.3"'),
  'letters with wide dashes': (letters) =>
    drawn(letters, 60, 'font-size="20" stroke="red" stroke-width="100" stroke-dasharray="0.3"'),
  'letters with wide, round dashes': (letters) =>
    drawn(
      letters,
      10,
      'font-size="20" stroke="red" stroke-width="100" stroke-dasharray="0.3" stroke-linecap="round" stroke-linejoin="round"',
    ),
  'letters of a clip path': (letters) =>
    svgOf(
      `<clipPath id="c">${texts(letters, 60, 'font-size="900"')}</clipPath><rect width="1000" height="1000" clip-path="url(#c)"/>`,
      1000,
    ),
};

const sentence = (letters: number): string => 'a few words of it '.repeat(Math.ceil(letters / 18)).slice(0, letters);

/** Drawings with realistic texts. */
export const HONEST_TEXTS: Record<string, () => string> = {
  'labels of a map, with halos': () =>
    svgOf(
      many(
        (index) =>
          `<text x="${index % 900}" y="${(7 * index) % 900}" font-size="${10 + (index % 11)}" fill="#222" stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${sentence(10 + (index % 11))}</text>`,
        5_000,
      ),
      2000,
    ),
  'a page in lines': () => svgOf(`<g style="font:12px serif">${`<text>${sentence(80)}</text>`.repeat(63)}</g>`, 1000),
  'a page in one text': () => svgOf(`<text font-size="1em">${sentence(5_000)}</text>`, 1000),
  'a poster': () => svgOf(`<text font-size="500" stroke="red" stroke-width="10">TWENTY LARGE LETTERS</text>`, 2000),
  'axes of a plot': () =>
    svgOf(
      `<style>*{stroke-linejoin: round; stroke-linecap: butt}</style>${many((index) => `<g id="t${index}"><text style="font: 10px 'DejaVu Sans', sans-serif; text-anchor: middle" transform="rotate(-0 ${index} 9)">${index}.0</text></g>`, 500)}`,
      500,
    ),
  'texts of an editor': () =>
    svgOf(
      `<text xml:space="preserve" style="font-style:normal;font-size:10.58333302px;line-height:1.25;font-family:sans-serif;stroke:none;stroke-width:0.26458332"><tspan style="stroke-width:0.26458332">${sentence(40)}</tspan></text>`.repeat(
        200,
      ),
      210,
    ),
};
