import { drawing } from './drawings.ts';

/** An SVG of 64 × 64 pixels. */
const svg = (content: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${content}</svg>`);

/** Definitions, each of which uses the one before several times. */
const nested = (levels: number, define: (id: string, shown: string | undefined) => string): string =>
  `<defs>${Array.from({ length: levels }, (_, level) => define(`l${level}`, level > 0 ? `l${level - 1}` : undefined)).join('')}</defs>`;

/** Overflows the stack of librsvg's CSS parser (seen in 2.63.2): the process dies of a segmentation fault. */
export const CRASHING_DRAWING = svg(`<style>${':not('.repeat(20_000)}</style>`);

/** A text of 10,000 letters, whose layout takes seconds, repeated 4000 times. librsvg would draw for hours, and knows no time limit. */
export const TEXT_BOMB = svg(`<defs><text id="t">${'a '.repeat(5000)}</text></defs>${'<use href="#t"/>'.repeat(4000)}`);

/** Markers on every vertex of markers, 18^9 of them. */
export const MARKER_BOMB = svg(
  `${nested(8, (id, shown) => `<marker id="${id}" overflow="visible"><path d="${'M0 0 L1 1 '.repeat(10)}" stroke="red"${shown ? ` marker-mid="url(#${shown})"` : ''}/></marker>`)}<path d="${'M0 0 L1 1 '.repeat(10)}" marker-mid="url(#l7)"/>`,
);

/** Two uses of two uses, 80 levels deep. */
export const USE_BOMB = svg(
  `${nested(80, (id, shown) => (shown ? `<g id="${id}">${`<use href="#${shown}"/>`.repeat(2)}</g>` : `<rect id="${id}" width="1" height="1"/>`))}<use href="#l79"/>`,
);

/** Masks of two masked rectangles each, 30 levels deep. */
export const MASK_BOMB = svg(
  `${nested(30, (id, shown) => {
    const rectangle = `<rect width="100%" height="100%" fill="white"${shown ? ` mask="url(#${shown})"` : ''}/>`;
    return `<mask id="${id}">${rectangle.repeat(2)}</mask>`;
  })}<rect width="100%" height="100%" mask="url(#l29)"/>`,
);

const ELSEWHERE = ['/etc/hostname', 'file:///etc/passwd', 'http://127.0.0.1:9/a.png'];

/** Refers to a local file, another web server and a page of its own. It still draws a red rectangle. */
export const NOSY_DRAWING = Buffer.from(
  drawing({ width: 64, height: 64 })
    .toString()
    .replace('</svg>', `${ELSEWHERE.map((to) => `<image width="64" height="64" href="${to}"/>`).join('')}</svg>`),
);
