/** The meaning of an image's values (ITU-T H.273): the numbers of its primaries and its transfer function. */
export interface Cicp {
  primaries: number;
  transfer: number;
}

type Chromaticity = readonly [x: number, y: number];
export type Triple = [number, number, number];
export type Matrix = [Triple, Triple, Triple];

/** The light that each channel stands for, and that of all together. */
export interface Primaries {
  red: Chromaticity;
  green: Chromaticity;
  blue: Chromaticity;
  white: Chromaticity;
}

const D65: Chromaticity = [0.3127, 0.329];
const C: Chromaticity = [0.31, 0.316];
export const BT_709: Primaries = { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06], white: D65 };
const SMPTE_170M: Primaries = { red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07], white: D65 };
const BT_2020: Primaries = { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 };
const P3 = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] } as const;

/** Primaries by their number (H.273, table 2). */
const PRIMARIES: Record<number, Primaries> = {
  1: BT_709,
  4: { red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08], white: C },
  5: { red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06], white: D65 },
  6: SMPTE_170M,
  7: SMPTE_170M,
  8: { red: [0.681, 0.319], green: [0.243, 0.692], blue: [0.145, 0.049], white: C },
  9: BT_2020,
  10: { red: [1, 0], green: [0, 1], blue: [0, 0], white: [1 / 3, 1 / 3] },
  11: { ...P3, white: [0.314, 0.351] },
  12: { ...P3, white: D65 },
  22: { red: [0.63, 0.34], green: [0.295, 0.605], blue: [0.155, 0.077], white: D65 },
};

/** A curve of an exponent with a straight piece at its beginning, as ICC has it (ICC.1:2022, 10.18, type 3). */
export type Curve = [exponent: number, scale: number, shift: number, slope: number, straightUntil: number];

export const power = (exponent: number, scale = 1): Curve => [exponent, scale, 0, 0, 0];
/** How screens show what cameras of BT.601, BT.709 and BT.2020 write (ITU-R BT.1886). */
const SCREEN = power(2.4);
const camera = (alpha: number, slope: number, until: number): Curve => [
  1 / 0.45,
  1 / alpha,
  (alpha - 1) / alpha,
  1 / slope,
  slope * until,
];
const SRGB = 13;

/** Curves from values to light by the number of the transfer function (H.273, table 3). */
const CURVES: Record<number, Curve> = {
  1: SCREEN,
  4: power(2.2),
  5: power(2.8),
  6: SCREEN,
  7: camera(1.1115, 4, 0.0228),
  8: power(1),
  11: SCREEN,
  [SRGB]: [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045],
  14: SCREEN,
  15: SCREEN,
  17: power(2.6, (52.37 / 48) ** (1 / 2.6)),
};

const PQ = 16;
export const HLG = 18;
/** Whether values are of light that a screen of the standard range does not show. */
export const isHdr = ({ transfer }: Cicp): boolean => transfer === PQ || transfer === HLG;

/** Whether values are sRGB, as values without a declaration are. */
export const isSrgb = ({ primaries, transfer }: Cicp): boolean => primaries === 1 && transfer === SRGB;

/** Whether these colours are known. */
export const isKnownCicp = (cicp: Cicp): boolean =>
  PRIMARIES[cicp.primaries] !== undefined && (isHdr(cicp) || CURVES[cicp.transfer] !== undefined);

export const curveOf = ({ transfer }: Cicp): Curve => CURVES[transfer] ?? power(1);

const UNSPECIFIED = 2;

/** The curves of cameras, for which those of screens are meant in pictures. */
const OF_CAMERAS = [1, 6, 14, 15];

/** The CICP that browsers read from an AVIF's nclx: curves of cameras, and curves that are not specified, count as that of sRGB. */
export function cicpOfNclx({ primaries, transfer }: Cicp): Cicp {
  const isAsSrgb = transfer === UNSPECIFIED || OF_CAMERAS.includes(transfer);
  return {
    primaries: primaries === UNSPECIFIED ? 1 : primaries,
    transfer: isAsSrgb ? SRGB : transfer,
  };
}

/** Whether both parts are specified; browsers do not complete a cICP of a PNG that leaves a part open. */
export const isSpecified = ({ primaries, transfer }: Cicp): boolean =>
  primaries !== UNSPECIFIED && transfer !== UNSPECIFIED;

export const multiply = (matrix: Matrix, [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as Triple;

const multiplied = (a: Matrix, b: Matrix): Matrix => {
  const columns = [0, 1, 2].map((at) => multiply(a, b.map((row) => row[at] ?? 0) as Triple));
  return [0, 1, 2].map((row) => columns.map((column) => column[row] ?? 0)) as Matrix;
};

export function invert([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const adjugate: Matrix = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return adjugate.map((row) => row.map((value) => value / determinant)) as Matrix;
}

const xyzOf = ([x, y]: Chromaticity): Triple =>
  // The blue of primaries 10 has no brightness at all.
  y === 0 ? [x, 0, 1 - x] : [x / y, 1, (1 - x - y) / y];

/** White in ICC profiles (ICC.1:2022, 6.3.4.3). */
export const D50: Triple = [0.9642, 1, 0.8249];

/** The cones of Bradford (ICC.1:2022, annex E). */
const CONES: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** The matrix from light of these primaries to XYZ, with their white adapted to D50. */
export const toXyz = ({ primaries }: Pick<Cicp, 'primaries'>): Matrix => matrixOf(PRIMARIES[primaries] ?? BT_709);

export function matrixOf({ red, green, blue, white }: Primaries): Matrix {
  const columns = [red, green, blue].map(xyzOf);
  const unscaled = [0, 1, 2].map((row) => columns.map((column) => column[row] ?? 0)) as Matrix;
  const amounts = multiply(invert(unscaled), xyzOf(white));
  const scaled = unscaled.map((row) => row.map((value, at) => value * (amounts[at] ?? 0))) as Matrix;
  const [from, to] = [multiply(CONES, xyzOf(white)), multiply(CONES, D50)];
  const stretched = CONES.map((row, at) => row.map((value) => (value * (to[at] ?? 0)) / (from[at] ?? 1))) as Matrix;
  return multiplied(multiplied(invert(CONES), stretched), scaled);
}
