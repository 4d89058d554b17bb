import { BT_709, type Cicp, isSpecified, matrixOf, type Primaries } from '../../colour/cicp.ts';
import type { DeclaredColours } from '../../colour/declared-colours.ts';
import { chunkData } from './png-chunks.ts';

/** The meaning of gAMA and cHRM: the exponent that turns a value into light, and the primaries of that light. */
export interface Gamma {
  exponent: number;
  primaries: Primaries;
}

/** Chunks that say which colours a PNG has, and bytes of their data (PNG, 11.3.2); of another length they say nothing. */
const LENGTHS: Record<string, number> = { cICP: 4, sRGB: 1, gAMA: 4, cHRM: 32 };

/** Up to here the value of gAMA is taken for that of sRGB, which is no exponent: as far as libpng does. */
const LIKE_SRGB = 0.05;
const SRGB_EXPONENT = 2.2;
/** How far primaries are from those of sRGB that programs have rounded. */
const LIKE_BT_709 = 0.003;

/** Exponents beyond these make all that is not white black, or all that is not black white. */
const [LEAST_EXPONENT, MOST_EXPONENT] = [0.001, 1000];

/** Rendering intents of sRGB. */
const INTENTS = 4;

/** Reads the colours that a PNG declares before its pixels, as browsers do: cICP, then a profile, then sRGB, then gAMA with cHRM. */
export function collectPngColours() {
  const found = new Map<string, Buffer>();
  return {
    isOne: (type: string, length: number): boolean => LENGTHS[type] === length,
    /** Takes a chunk of a type, data and a checksum. Damaged chunks are ignored, and the first of two counts. */
    add(chunk: Buffer): void {
      const [type, data] = [chunk.toString('latin1', 0, 4), chunkData(chunk)];
      if (data && !found.has(type)) found.set(type, data);
    },
    colours(): DeclaredColours | undefined {
      const cicp = cicpOf(found.get('cICP'));
      if (cicp) return { cicp };
      if ((found.get('sRGB')?.[0] ?? INTENTS) < INTENTS) return undefined;
      const gamma = gammaOf(found.get('gAMA'), found.get('cHRM'));
      return gamma && { gamma };
    },
  };
}

/** Reads cICP (PNG, 11.3.2.6) for RGB values of the full range. Like browsers, it ignores other values, which a PNG cannot have, and unspecified parts. */
function cicpOf(data: Buffer | undefined): Cicp | undefined {
  const [primaries = 0, transfer = 0, matrix, isFull] = data ?? [];
  const cicp = { primaries, transfer };
  return matrix === 0 && isFull === 1 && isSpecified(cicp) ? cicp : undefined;
}

/** Nothing where that is sRGB, and, as in browsers, of cHRM alone or where light of its primaries makes no white. */
function gammaOf(gama: Buffer | undefined, chrm: Buffer | undefined): Gamma | undefined {
  const value = gama?.readUInt32BE() ?? 0;
  if (value === 0) return undefined;
  const primaries = chrm ? primariesOf(chrm) : BT_709;
  const exponent = 100_000 / value;
  const isSrgb = Math.abs(SRGB_EXPONENT / exponent - 1) <= LIKE_SRGB && (!chrm || isLike(primaries, BT_709));
  if (isSrgb || !hasColours(primaries)) return undefined;
  return { exponent: Math.min(MOST_EXPONENT, Math.max(LEAST_EXPONENT, exponent)), primaries };
}

/** Four points of two numbers each, in hundred thousandths (PNG, 11.3.2.1). */
function primariesOf(chrm: Buffer): Primaries {
  const at = (point: number) => [chrm.readUInt32BE(8 * point) / 1e5, chrm.readUInt32BE(8 * point + 4) / 1e5] as const;
  return { white: at(0), red: at(1), green: at(2), blue: at(3) };
}

const pointsOf = ({ white, red, green, blue }: Primaries): number[] => [white, red, green, blue].flat();

const isLike = (one: Primaries, other: Primaries): boolean => {
  const others = pointsOf(other);
  return pointsOf(one).every((value, at) => Math.abs(value - (others[at] ?? 0)) <= LIKE_BT_709);
};

const hasColours = (primaries: Primaries): boolean =>
  primaries.white[1] > 0 &&
  pointsOf(primaries).every((value) => value <= 1) &&
  matrixOf(primaries).flat().every(Number.isFinite);
