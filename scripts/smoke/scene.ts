/** Red, green and blue, 0 to 255 each. */
type Rgb = readonly [number, number, number];

/** Pixels without transparency, three bytes each. */
export interface Pixels {
  width: number;
  height: number;
  data: Buffer;
}

/** The colour at a place of a scene; both coordinates go from 0 to 1. */
export type Scene = (x: number, y: number) => Rgb;

const CORNERS: Rgb[] = [
  [200, 60, 50],
  [60, 160, 70],
  [50, 80, 190],
  [220, 190, 60],
];

/** Waves across and down, so that a picture that is cut a little off, or stretched, differs everywhere. */
const wave = (x: number, y: number): number => 18 * Math.sin(18 * Math.PI * x) + 18 * Math.sin(14 * Math.PI * y);

/** A corner in another colour each, and a dark disc right of the middle: turned, mirrored or cut anywhere else it is another picture. */
export const scene: Scene = (x, y) => {
  if ((x - 0.7) ** 2 + ((y - 0.35) / 1.5) ** 2 < 0.012) return [25, 25, 35];
  const corner = (index: number, band: number) => CORNERS[index]?.[band] ?? 0;
  const mix = (band: number) =>
    (corner(0, band) * (1 - x) + corner(1, band) * x) * (1 - y) + (corner(2, band) * (1 - x) + corner(3, band) * x) * y;
  const light = wave(x, y);
  return [mix(0) + light, mix(1) + light, mix(2) + light];
};

export interface Size {
  width: number;
  height: number;
}

/** Paints a scene, with the colour of each pixel's middle. `grain` adds the noise of a photograph, which vanishes in smaller pictures. */
export function paint(drawn: Scene, { width, height }: Size, grain = 0): Pixels {
  const data = Buffer.alloc(width * height * 3);
  let [at, seed] = [0, 1];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const colour = drawn((x + 0.5) / width, (y + 0.5) / height);
      for (const value of colour) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        data[at] = Math.max(0, Math.min(255, Math.round(value + (seed / 2 ** 32 - 0.5) * 2 * grain)));
        at += 1;
      }
    }
  return { width, height, data };
}

/** A part of a scene, as if it were all of it. */
export const cropped =
  (drawn: Scene, left: number, top: number, width: number, height: number): Scene =>
  (x, y) =>
    drawn(left + x * width, top + y * height);

/** A scene turned clockwise by a right angle. */
export const turned =
  (drawn: Scene): Scene =>
  (x, y) =>
    drawn(y, 1 - x);

/** A scene with another one over a part of it. */
export const covered =
  (drawn: Scene, over: Scene, [left, top, width, height]: readonly [number, number, number, number]): Scene =>
  (x, y) => {
    const [u, v] = [(x - left) / width, (y - top) / height];
    return u >= 0 && u < 1 && v >= 0 && v < 1 ? over(u, v) : drawn(x, y);
  };

/** The number of blocks in a row and a column, each of which is compared for itself. */
const BLOCKS = 8;

/** The mean difference of two pictures' samples, in the whole and in the block where it is largest. */
export function difference(one: Pixels, other: Pixels): { mean: number; worst: number } {
  const { width, height } = one;
  const sums = Array.from({ length: BLOCKS * BLOCKS }, () => ({ sum: 0, count: 0 }));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const block = sums[Math.floor((y * BLOCKS) / height) * BLOCKS + Math.floor((x * BLOCKS) / width)];
      if (!block) continue;
      for (let band = 0; band < 3; band += 1) {
        const at = (y * width + x) * 3 + band;
        block.sum += Math.abs((one.data[at] ?? 0) - (other.data[at] ?? 0));
        block.count += 1;
      }
    }
  const total = sums.reduce((all, { sum }) => all + sum, 0);
  return { mean: total / (width * height * 3), worst: Math.max(...sums.map(({ sum, count }) => sum / count)) };
}
