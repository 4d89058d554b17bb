import { type Cicp, HLG, invert, type Matrix, multiply, type Triple, toXyz } from './cicp.ts';

/** Light of white paper, and of the brightest that is mastered, in candela a square metre (ITU-R BT.2408). */
const PAPER = 203;
const BRIGHTEST = 1000;
const HEADROOM = BRIGHTEST / PAPER;

/** Light of a PQ value (SMPTE ST 2084), where 1 is paper. */
function ofPq(value: number): number {
  const root = value ** (32 / 2523);
  const share = Math.max(0, root - 3424 / 4096) / (2413 / 128 - (2392 / 128) * root);
  return (10_000 / PAPER) * share ** (8192 / 1305);
}

/** Light of the scene of an HLG value (ITU-R BT.2100, table 5). */
function ofHlg(value: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - c) / a) + b) / 12;
}

const BT_2020 = { primaries: 9 };
const BRIGHTNESS = toXyz(BT_2020)[1];
/** The light that a screen of 1000 candela shows for the light of a scene (BT.2100). */
const SYSTEM_GAMMA = 1.2;

/**
 * The light that a screen of the standard range shows for the brightest of three, both 1 for paper: half of it up to that, and from there a curve that ends at
 * the brightest. It is the reference white tone mapping operator of SMPTE ST 2094-50, which browsers have for images without one of their own.
 */
function shownLight(light: number): number {
  const knee = 0.5;
  if (light <= 1) return light * knee;
  if (light >= HEADROOM) return 1;
  const roundness = 0.65;
  const middle = [1 - roundness + roundness / knee, knee + roundness * (1 - knee)] as const;
  const [square, linear] = [1 - 2 * middle[0] + HEADROOM, 2 * (middle[0] - 1)];
  const t = (-linear + Math.sqrt(linear ** 2 + 4 * square * (light - 1))) / (2 * square);
  return (1 - t) ** 2 * knee + 2 * t * (1 - t) * middle[1] + t ** 2;
}

const from2020 = invert(toXyz(BT_2020));

/** Maps values of PQ or HLG to XYZ under D50, reduced to light that a screen of the standard range shows. */
export function toneMapper(cicp: Cicp): (values: Triple) => Triple {
  const own = toXyz(cicp);
  const to2020 = from2020.map((row) =>
    [0, 1, 2].map((at) => row.reduce((sum, value, k) => sum + value * (own[k]?.[at] ?? 0), 0)),
  ) as Matrix;
  const shown = toXyz({ primaries: 1 });
  const toShown = invert(shown);
  const back = toXyz(BT_2020);
  return (values) => {
    const light = multiply(to2020, values.map(cicp.transfer === HLG ? ofHlg : ofPq) as Triple);
    if (cicp.transfer === HLG) {
      const brightness = Math.max(
        0,
        light.reduce((sum, value, at) => sum + value * (BRIGHTNESS[at] ?? 0), 0),
      );
      const gain = HEADROOM * brightness ** (SYSTEM_GAMMA - 1);
      for (const at of [0, 1, 2] as const) light[at] *= gain;
    }
    const most = Math.max(...light);
    const share = most > 0 ? shownLight(most) / most : 0;
    const xyz = multiply(back, light.map((value) => value * share) as Triple);
    // Colours outside of sRGB are cut here, because a table of Lab has no room for them.
    const cut = multiply(toShown, xyz).map((value) => Math.max(0, Math.min(1, value))) as Triple;
    return multiply(shown, cut);
  };
}
