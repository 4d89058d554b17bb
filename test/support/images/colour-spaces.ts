/** Colour arithmetic by the specifications alone: IEC 61966-2-1 (sRGB) and CIE 1976 L*a*b* with the white point D65. */
type Triple = [number, number, number];

const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

const encoded = (light: number): number => {
  const share = light <= 0.003_130_8 ? light * 12.92 : 1.055 * Math.max(0, light) ** (1 / 2.4) - 0.055;
  return Math.max(0, Math.min(255, share * 255));
};

/** Rows of X, Y and Z. */
const XYZ: Triple[] = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];
const RGB: Triple[] = [
  [3.2406, -1.5372, -0.4986],
  [-0.9689, 1.8758, 0.0415],
  [0.0557, -0.204, 1.057],
];
const WHITE: Triple = [0.9505, 1, 1.089];

const times = (rows: Triple[], [x, y, z]: Triple): Triple =>
  rows.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;

/** The grey that is as light as a colour, 0 to 255. */
export const greyOf = (colour: readonly number[]): number =>
  encoded(times(XYZ, colour.slice(0, 3).map(linear) as Triple)[1]);

/** Lightness, and the distance and direction from grey: L, C and the hue in degrees. */
export function toLch(colour: readonly number[]): Triple {
  const f = (t: number) => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const [x, y, z] = times(XYZ, colour.slice(0, 3).map(linear) as Triple).map((value, at) =>
    f(value / (WHITE[at] ?? 1)),
  ) as Triple;
  const [a, b] = [500 * (x - y), 200 * (y - z)];
  return [116 * y - 16, Math.hypot(a, b), (Math.atan2(b, a) * 180) / Math.PI];
}

export function fromLch([l, c, hue]: Triple): Triple {
  const [a, b] = [c * Math.cos((hue * Math.PI) / 180), c * Math.sin((hue * Math.PI) / 180)];
  const y = (l + 16) / 116;
  const f = (t: number) => (t ** 3 > 216 / 24_389 ? t ** 3 : (116 * t - 16) / (24_389 / 27));
  const light = [y + a / 500, y, y - b / 200].map((t, at) => f(t) * (WHITE[at] ?? 1)) as Triple;
  return times(RGB, light).map(encoded) as Triple;
}
