import type { Colour } from './picture.ts';

/** The noise of a sensor: up to four steps of each colour, from a hash of the position. */
export function grain(x: number, y: number, [r, g, b, a]: Colour): Colour {
  const noise = (band: number) => {
    const mixed = Math.imul(Math.imul(x + 1, 73_856_093) ^ Math.imul(y + 1, 19_349_663), 2_654_435_761) >>> (band * 5);
    return ((mixed >>> 8) % 9) - 4;
  };
  const kept = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  return [kept(r + noise(0)), kept(g + noise(1)), kept(b + noise(2)), a];
}
