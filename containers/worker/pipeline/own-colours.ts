import { readFile, stat } from 'node:fs/promises';
import type { Metadata } from 'sharp';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { type Cicp, isHighRange, isKnown, isSrgb } from './cicp.ts';
import { profileFor, profileOfGamma } from './cicp-profile.ts';
import type { Gamma } from './png-colours.ts';
import { avifWithProfile, pngWithProfile } from './with-profile.ts';

/** Which colours the values of a file are, where it says so by CICP, or by gAMA and cHRM of a PNG. */
export type ToldColours =
  | {
      cicp: Cicp;
      /** Of an AVIF, the item that is shown. */
      primary?: number;
    }
  | { gamma: Gamma };

/** A file as its decoder is given it. */
export interface Decodable {
  file: string | Buffer;
  /** The profile that it has in the place of what it said. */
  icc?: Buffer;
  warnings: Warning[];
}

const TONE_MAPPED: Warning = {
  code: 'tone_mapped',
  detail: 'The picture is of high dynamic range (PQ or HLG); its light was mapped to that of an ordinary screen.',
};

const unread = (why: string): Decodable['warnings'] => [
  { code: 'colours_unread', detail: `The file says which colours it has, and ${why}. They may look wrong.` },
];

/**
 * A file with a colour profile in the place of what libvips does not follow, CICP, gAMA and cHRM: it says the same, and light that an ordinary screen does not
 * show is mapped to what it shows, as browsers do it.
 */
export async function inOwnColours(
  file: string | Buffer,
  told: ToldColours,
  { channels, depth, icc: stored }: Pick<Metadata, 'channels' | 'depth' | 'icc'>,
): Promise<Decodable> {
  const isGrey = channels < 3;
  const meant = 'cicp' in told && isGrey ? { ...told, cicp: { ...told.cicp, primaries: 1 } } : told;
  // Of a PNG cICP goes before a profile, and a profile that can be read before gAMA (PNG, 4.3).
  const isAsStored = 'cicp' in meant ? isSrgb(meant.cicp) && stored === undefined : stored !== undefined;
  if (isAsStored) return { file, warnings: [] };
  const size = typeof file === 'string' ? (await stat(file)).size : file.length;
  const why = whyUnread(meant, { isGrey, depth, size });
  if (why) return { file, warnings: unread(why) };
  const bytes = typeof file === 'string' ? await readFile(file) : file;
  if (!('cicp' in meant)) {
    const icc = profileOfGamma(meant.gamma, { isGrey });
    return { file: pngWithProfile(bytes, icc), icc, warnings: [] };
  }
  const { cicp, primary } = meant;
  const icc = profileFor(cicp, { isGrey });
  return {
    file: primary === undefined ? pngWithProfile(bytes, icc) : avifWithProfile(bytes, primary, icc),
    icc,
    warnings: isHighRange(cicp) ? [TONE_MAPPED] : [],
  };
}

interface Read {
  isGrey: boolean;
  depth: Metadata['depth'];
  size: number;
}

function whyUnread(told: ToldColours, { isGrey, depth, size }: Read): string | undefined {
  if ('cicp' in told && !isKnown(told.cicp))
    return `these (${told.cicp.primaries}, ${told.cicp.transfer} by CICP) are not known here`;
  // sharp leaves grey of 16 bits as it is.
  if (isGrey && depth !== 'uchar') return 'it is grey of 16 bits';
  const limit = LIMITS.rewrittenBytes;
  return size > limit ? `has ${size} bytes; they are looked at up to ${limit}` : undefined;
}
