import { many, svgOf } from './referring-drawings.ts';

/** Reproducible pseudo-random numbers below one. */
function scattered(): () => number {
  let last = 7;
  return () => {
    last = (last * 1_103_515_245 + 12_345) % 2 ** 31;
    return last / 2 ** 31;
  };
}

/** Points all over a canvas of the given size. */
function points(count: number, size = 1000): string {
  const next = scattered();
  return many(() => `${(next() * size).toFixed(1)} ${(next() * size).toFixed(1)} `, count);
}

const line = (attributes: string, data: string): string =>
  svgOf(`<path fill="none" stroke="#000" ${attributes} d="${data}"/>`, 1000);
const zigzag = (count: number): string => {
  const next = scattered();
  return `M0 0${many((index) => `L${(next() * 1000).toFixed(1)} ${index % 2 === 0 ? 1000 : 0}`, count)}`;
};

/** Drawings of a number of lines, each of which takes as long as possible. */
export const LINED: Record<string, (count: number) => string> = {
  'a filling of lines all over': (count) => svgOf(`<path d="M${points(count)}z"/>`, 1000),
  'a filling from edge to edge': (count) => svgOf(`<path fill-rule="evenodd" d="${zigzag(count)}"/>`, 1000),
  'a polygon': (count) => svgOf(`<polygon points="${points(count)}"/>`, 1000),
  'a stroke from edge to edge': (count) => line('', zigzag(count)),
  'lines of their own': (count) => line('', zigzag(2 * count).replaceAll(/(L[^L]*)L/g, '$1M')),
  'a wide stroke with round joins': (count) => line('stroke-width="40" stroke-linejoin="round"', `M${points(count)}`),
  'a stroke wider than the canvas': (count) => line('stroke-width="1e6" stroke-linejoin="round"', `M${points(count)}`),
  'many strokes': (count) =>
    svgOf(`<path fill="none" stroke="#000" d="M${points(60)}"/>`.repeat(Math.ceil(count / 60)), 1000),
  'a noise': (count) => {
    const next = scattered();
    return line(
      '',
      `M0 0${many((index) => `L${((1000 * index) / count).toFixed(2)} ${(next() * 1000).toFixed(1)}`, count)}`,
    );
  },
  dashes: (count) => line('stroke-dasharray="1"', `M0 0${many((index) => `L1000 ${index}L0 ${index}`, count / 2)}`),
  curves: (count) => svgOf(`<path d="M0 0C${points(3 * count)}"/>`, 1000),
  'long curves': (count) => svgOf(`<path d="M0 0${'C9e6 9e6-9e6 9e6 0 0'.repeat(count)}"/>`, 1000),
  arcs: (count) =>
    line('', `M0 0${many((index) => `A500 500 0 11${(index * 7919) % 1000} ${(index * 31) % 1000}`, count)}`),
  'lines far away': (count) =>
    svgOf(`<g transform="scale(1e3) translate(-500 -500)"><path d="M${points(count)}z"/></g>`, 1000),
  'uses of lines': (count) =>
    svgOf(`<defs><path id="p" d="${zigzag(100)}"/></defs>${'<use href="#p"/>'.repeat(count / 100)}`, 1000),
  'uses of small lines, larger': (count) =>
    svgOf(
      `<defs><g transform="scale(1e-4)"><path id="p" d="${zigzag(100)}"/></g></defs>${'<use href="#p"/>'.repeat(count / 100)}`,
      1000,
    ),
  'lines in a pattern': (count) =>
    svgOf(
      `<pattern id="p" width="1" height="1" viewBox="0 0 1000 1000"><path d="${zigzag(100)}"/></pattern>${'<rect width="1000" height="1000" fill="url(#p)"/>'.repeat(count / 100)}`,
      1000,
    ),
  'lines that clip': (count) =>
    svgOf(
      `<clipPath id="c"><path d="${zigzag(60)}"/></clipPath>${'<rect width="1000" height="1000" clip-path="url(#c)"/>'.repeat(count / 60)}`,
      1000,
    ),
  'lines of a style sheet': (count) =>
    svgOf(`<style>.a{fill:none;stroke:#000;stroke-width:40}</style><path class="a" d="${zigzag(count)}"/>`, 1000),
  'transparent rectangles': (count) =>
    svgOf('<rect width="1000" height="1000" fill-opacity=".5"/>'.repeat(count), 1000),
  'gradients all over': (count) =>
    svgOf(
      `<radialGradient id="g"><stop/><stop offset="1" stop-color="red"/></radialGradient>${'<rect width="100%" height="100%" fill="url(#g)"/>'.repeat(count / 10)}`,
      1000,
    ),
};

/** Drawings like those of common programs, with more lines than most. */
export const HONEST_LINES: Record<string, () => string> = {
  'a map of 200,000 short lines': () => {
    const next = scattered();
    const step = () => `l${(next() * 4 - 2).toFixed(1)} ${(next() * 4 - 2).toFixed(1)}`;
    return svgOf(
      many(() => `<path fill="#eee" stroke="#000" d="M${next() * 1000} ${next() * 1000}${many(step, 400)}z"/>`, 500),
      1000,
    );
  },
  'a plot of 15,000 points': () => LINED['a noise']?.(15_000) ?? '',
  'a scatter of 20,000 circles': () => {
    const next = scattered();
    return svgOf(
      many(() => `<circle cx="${next() * 1000}" cy="${next() * 1000}" r="3" stroke="#fff"/>`, 20_000),
      1000,
    );
  },
  'icons of symbols': () =>
    svgOf(
      `<symbol id="i" viewBox="0 0 24 24">${'<path d="M12 2C6.5 2 2 6.5 2 12s4.5 10 10 10 10-4.5 10-10S17.5 2 12 2zm0 18"/>'.repeat(8)}</symbol>${many((index) => `<use href="#i" x="${index}" width="24" height="24"/>`, 800)}`,
      1000,
    ),
  'what cairo writes, with a matrix to each path': () =>
    svgOf(
      many(
        (index) =>
          `<path style="fill:none;stroke-width:1;stroke-linecap:round;stroke:rgb(0%,0%,0%)" d="M 0 0 L ${10 * (index % 9)} 200 C 10 20 30 40 50 60" transform="matrix(0.1,0,0,-0.1,${index % 900},300)"/>`,
        10_000,
      ),
      1000,
    ),
  'glyphs that matplotlib uses': () =>
    svgOf(
      `<style>*{stroke-linejoin:round;stroke-linecap:butt}</style><defs><path id="g" transform="scale(0.015625)" d="M 2034 4250 Q 1547 4250 1301 3770 Q 1056 3291 1056 2328 Q 1056 1369 1301 889 Q 1547 409 2034 409 z"/></defs>${many((index) => `<g transform="translate(${index} 9) scale(0.1 -0.1)"><use xlink:href="#g"/></g>`, 5000)}`,
      1000,
    ),
};
