import { readFile, stat } from 'node:fs/promises';
import type { Metadata } from 'sharp';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { type Cicp, isHighRange, isKnown, isSrgb } from './cicp.ts';
import { profileFor } from './cicp-profile.ts';
import { avifWithProfile, pngWithProfile } from './with-profile.ts';

/** Which colours the values of a file are, where it says so by CICP. */
export interface ToldColours {
  cicp: Cicp;
  /** Of an AVIF, the item that is shown. */
  primary?: number;
}

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
  { code: 'colours_unread', detail: `The file says by CICP which colours it has, and ${why}. They may look wrong.` },
];

/**
 * A file with a colour profile in the place of CICP, of which libvips knows nothing: it says the same, and light that an ordinary screen does not show is
 * mapped to what it shows, as browsers do it.
 */
export async function inOwnColours(
  file: string | Buffer,
  { cicp, primary }: ToldColours,
  { channels, depth }: Pick<Metadata, 'channels' | 'depth'>,
): Promise<Decodable> {
  const isGrey = channels < 3;
  const meant = isGrey ? { ...cicp, primaries: 1 } : cicp;
  if (isSrgb(meant)) return { file, warnings: [] };
  if (!isKnown(meant))
    return { file, warnings: unread(`these (${cicp.primaries}, ${cicp.transfer}) are not known here`) };
  // sharp leaves grey of 16 bits as it is.
  if (isGrey && depth !== 'uchar') return { file, warnings: unread('it is grey of 16 bits') };
  const size = typeof file === 'string' ? (await stat(file)).size : file.length;
  if (size > LIMITS.rewrittenBytes)
    return { file, warnings: unread(`has ${size} bytes; they are looked at up to ${LIMITS.rewrittenBytes}`) };
  const bytes = typeof file === 'string' ? await readFile(file) : file;
  const icc = profileFor(meant, { isGrey });
  return {
    file: primary === undefined ? pngWithProfile(bytes, icc) : avifWithProfile(bytes, primary, icc),
    icc,
    warnings: isHighRange(meant) ? [TONE_MAPPED] : [],
  };
}
