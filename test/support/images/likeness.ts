import { type Picture, sketch } from './picture.ts';

/** The side of the compared windows in pixels, and the distance between them. */
const WINDOW = 8;
const STEP = 2;

/** The constants that avoid 0 / 0: (0.01 × 255)² and (0.03 × 255)², as in the paper. */
const [C1, C2] = [6.5025, 58.5225];

/**
 * The mean structural similarity (Wang et al., Image quality assessment, 2004) of two pictures' luminance on white. It is 1 for equal
 * pictures and less where structure is lost anywhere; a blurred edge counts as much in text as in a photograph.
 */
export function similarity(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return Number.NaN;
  const [x, y] = [luminance(a), luminance(b)];
  const side = Math.min(WINDOW, a.width, a.height);
  let [sum, count] = [0, 0];
  for (let top = 0; top + side <= a.height; top += STEP)
    for (let left = 0; left + side <= a.width; left += STEP) {
      sum += windowSimilarity(x, y, { left, top, side, width: a.width });
      count += 1;
    }
  return sum / count;
}

function windowSimilarity(
  x: Float64Array,
  y: Float64Array,
  { left, top, side, width }: Record<'left' | 'top' | 'side' | 'width', number>,
): number {
  let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
  for (let row = top; row < top + side; row += 1)
    for (let at = row * width + left; at < row * width + left + side; at += 1) {
      const [p = 0, q = 0] = [x[at], y[at]];
      sx += p;
      sy += q;
      sxx += p * p;
      syy += q * q;
      sxy += p * q;
    }
  const pixels = side * side;
  const [mx, my] = [sx / pixels, sy / pixels];
  const [vx, vy, cxy] = [sxx / pixels - mx * mx, syy / pixels - my * my, sxy / pixels - mx * my];
  return ((2 * mx * my + C1) * (2 * cxy + C2)) / ((mx * mx + my * my + C1) * (vx + vy + C2));
}

const luminance = ({ pixels }: Picture): Float64Array =>
  Float64Array.from({ length: pixels.length / 4 }, (_, pixel) => {
    const [r = 0, g = 0, b = 0, a = 0] = pixels.subarray(pixel * 4, pixel * 4 + 4);
    return ((0.299 * r + 0.587 * g + 0.114 * b) * a) / 255 + 255 - a;
  });

/** A picture that is reduced with lanczos3 in one step, without libvips' shortcuts. */
export function exactlyScaled(picture: Picture, width: number, height: number): Picture {
  const premultiplied = Float64Array.from(picture.pixels, (value, at) =>
    at % 4 === 3 ? value : (value * (picture.pixels[at | 3] ?? 0)) / 255,
  );
  const turned = scaledAcross(premultiplied, picture, width);
  const scaled = scaledAcross(turned, { width: picture.height, height: width }, height);
  const byte = (value: number) => Math.max(0, Math.min(255, value));
  return sketch(width, height, (x, y) => {
    const [r = 0, g = 0, b = 0, a = 0] = scaled.subarray((y * width + x) * 4, (y * width + x) * 4 + 4);
    const colour = (value: number) => (a > 0 ? byte((value * 255) / a) : 0);
    return [colour(r), colour(g), colour(b), byte(a)];
  });
}

/** Resizes each row to a width, and transposes the result. */
function scaledAcross(pixels: Float64Array, { width, height }: Pick<Picture, 'width' | 'height'>, to: number) {
  const scaled = new Float64Array(to * height * 4);
  for (let x = 0; x < to; x += 1)
    for (const [from, weight] of weights(x, width, to))
      for (let y = 0; y < height; y += 1)
        for (let band = 0; band < 4; band += 1)
          scaled[(x * height + y) * 4 + band] =
            (scaled[(x * height + y) * 4 + band] ?? 0) + weight * (pixels[(y * width + from) * 4 + band] ?? 0);
  return scaled;
}

/** The pixels of a row that make a pixel of the smaller one, with their weights. Beyond the edge, the edge pixel is repeated. */
function weights(x: number, width: number, to: number): [number, number][] {
  const scale = width / to;
  const centre = (x + 0.5) * scale - 0.5;
  const first = Math.ceil(centre - 3 * scale);
  const reached = Array.from({ length: Math.floor(centre + 3 * scale) - first + 1 }, (_, index) => first + index);
  const kernel = reached.map((at) => lanczos3((at - centre) / scale));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return reached.map((at, index) => [Math.max(0, Math.min(width - 1, at)), (kernel[index] ?? 0) / sum]);
}

function lanczos3(at: number): number {
  if (at === 0) return 1;
  const angle = Math.PI * at;
  return Math.abs(at) < 3 ? (3 * Math.sin(angle) * Math.sin(angle / 3)) / angle ** 2 : 0;
}
