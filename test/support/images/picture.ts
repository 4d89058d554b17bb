import sharp, { type Sharp } from 'sharp';

/** Red, green, blue and alpha, 0 to 255 each. */
export type Colour = readonly [number, number, number, number];

export const COLOURS = {
  R: [255, 0, 0, 255],
  G: [0, 255, 0, 255],
  B: [0, 0, 255, 255],
  Y: [255, 255, 0, 255],
  K: [0, 0, 0, 255],
  W: [255, 255, 255, 255],
  '.': [0, 0, 0, 0],
} as const satisfies Record<string, Colour>;

/** The letter of the nearest colour in COLOURS. */
function nameOf(colour: Colour): string {
  const far = (other: Colour) => other.reduce((sum, value, band) => sum + (value - (colour[band] ?? 0)) ** 2, 0);
  return Object.entries(COLOURS).sort(([, a], [, b]) => far(a) - far(b))[0]?.[0] ?? '?';
}

/** A picture from a function of pixel coordinates. */
export function draw(width: number, height: number, colourAt: (x: number, y: number) => Colour): Sharp {
  const data = Buffer.alloc(width * height * 4);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      // Byte by byte: `set` with an array takes many times as long, and all tests draw.
      for (const value of colourAt(x, y)) {
        data[at] = value;
        at += 1;
      }
    }
  }
  return sharp(data, { raw: { width, height, channels: 4 } });
}

/** The pixels of such a picture, to compare others with. */
export function sketch(width: number, height: number, colourAt: (x: number, y: number) => Colour): Picture {
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) pixels.set(colourAt(x, y).map(Math.round), (y * width + x) * 4);
  return pictureOf(pixels, width, height);
}

export const plain = (width: number, height: number, colour: Colour): Sharp => draw(width, height, () => colour);

/** Four opaque quadrants: red and green above, blue and yellow below. */
export const quadrants = (width: number, height: number): Sharp =>
  draw(
    width,
    height,
    (x, y) => COLOURS[(['RG', 'BY'][y * 2 < height ? 0 : 1]?.[x * 2 < width ? 0 : 1] ?? 'K') as 'K'],
  ).removeAlpha();

/** Soft gradients with some detail, as photographs have. */
export const photograph = (width: number, height: number): Sharp =>
  draw(width, height, (x, y) => [
    Math.round((x / width) * 255),
    Math.round((y / height) * 255),
    Math.round(127 + 100 * Math.sin(x / 7) * Math.cos(y / 5)),
    255,
  ]).removeAlpha();

/** An encoded image's pixels, as a viewer without colour management shows them. */
export interface Picture {
  width: number;
  height: number;
  at(x: number, y: number): Colour;
  pixels: Buffer;
}

export async function look(encoded: Buffer): Promise<Picture> {
  const { data, info } = await sharp(encoded, { ignoreIcc: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return pictureOf(data, info.width, info.height);
}

function pictureOf(pixels: Buffer, width: number, height: number): Picture {
  const at = (x: number, y: number): Colour => {
    const [r = 0, g = 0, b = 0, a = 0] = pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 4);
    return [r, g, b, a];
  };
  return { width, height, at, pixels };
}

/** The letters of the colours in the middle of a grid's cells: a picture of quadrants reads `RG/BY`. */
export function layoutOf({ width, height, at }: Picture, columns = 2, rows = 2): string {
  const middle = (cell: number, cells: number, length: number) => Math.floor(((cell + 0.5) * length) / cells);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      nameOf(at(middle(column, columns, width), middle(row, rows, height))),
    ).join(''),
  ).join('/');
}

/** The largest difference between two colours in any band. */
export const distance = (a: Colour, b: Colour): number =>
  Math.max(...a.map((value, band) => Math.abs(value - (b[band] ?? 0))));

/** The largest and the mean difference between two pictures' samples; infinite if their sizes differ. */
export function difference(a: Picture, b: Picture): { most: number; mean: number } {
  if (a.width !== b.width || a.height !== b.height) return { most: Infinity, mean: Infinity };
  let [most, sum] = [0, 0];
  for (const [index, value] of a.pixels.entries()) {
    const apart = Math.abs(value - (b.pixels[index] ?? 0));
    most = Math.max(most, apart);
    sum += apart;
  }
  return { most, mean: sum / a.pixels.length };
}

/** The same for visible differences: colours are weighted by their opacity. */
export const visibleDifference = (a: Picture, b: Picture): { most: number; mean: number } =>
  difference(premultiplied(a), premultiplied(b));

const premultiplied = ({ width, height, at }: Picture): Picture =>
  sketch(width, height, (x, y) => {
    const [r, g, b, a] = at(x, y);
    return [(r * a) / 255, (g * a) / 255, (b * a) / 255, a];
  });
