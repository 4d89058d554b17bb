import { readFile, stat } from 'node:fs/promises';
import type { Metadata } from 'sharp';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import type { Gamma } from '../formats/png/png-colours.ts';
import { type Cicp, isHdr, isKnownCicp, isSrgb } from './cicp.ts';
import { avifWithProfile, pngWithProfile } from './embed-profile.ts';
import { iccOfCicp, iccOfGamma } from './make-icc-profile.ts';

/** The colours that a file declares by CICP, or by gAMA and cHRM of a PNG. */
export type DeclaredColours =
  | {
      cicp: Cicp;
      /** The id of the item that an AVIF shows. */
      primary?: number;
    }
  | { gamma: Gamma };

/** A file in the form that the decoder gets. */
export interface Decodable {
  file: string | Buffer;
  /** The profile that replaces its declaration. */
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
 * Replaces a declaration that libvips does not follow (CICP, gAMA and cHRM) by a colour profile of the same meaning. Light that an ordinary screen cannot
 * show is mapped to light that it can, as browsers do it.
 */
export async function applyDeclaredColours(
  file: string | Buffer,
  declared: DeclaredColours,
  { channels, depth, icc: stored }: Pick<Metadata, 'channels' | 'depth' | 'icc'>,
): Promise<Decodable> {
  const isGrey = channels < 3;
  const meant = 'cicp' in declared && isGrey ? { ...declared, cicp: { ...declared.cicp, primaries: 1 } } : declared;
  // In a PNG, cICP overrides a profile, and a profile that can be read overrides gAMA (PNG, 4.3).
  const isAsStored = 'cicp' in meant ? isSrgb(meant.cicp) && stored === undefined : stored !== undefined;
  if (isAsStored) return { file, warnings: [] };
  const size = typeof file === 'string' ? (await stat(file)).size : file.length;
  const why = whyUnread(meant, { isGrey, depth, size });
  if (why) return { file, warnings: unread(why) };
  const bytes = typeof file === 'string' ? await readFile(file) : file;
  if (!('cicp' in meant)) {
    const icc = iccOfGamma(meant.gamma, { isGrey });
    return { file: pngWithProfile(bytes, icc), icc, warnings: [] };
  }
  const { cicp, primary } = meant;
  const icc = iccOfCicp(cicp, { isGrey });
  return {
    file: primary === undefined ? pngWithProfile(bytes, icc) : avifWithProfile(bytes, primary, icc),
    icc,
    warnings: isHdr(cicp) ? [TONE_MAPPED] : [],
  };
}

interface Read {
  isGrey: boolean;
  depth: Metadata['depth'];
  size: number;
}

function whyUnread(declared: DeclaredColours, { isGrey, depth, size }: Read): string | undefined {
  if ('cicp' in declared && !isKnownCicp(declared.cicp))
    return `these (${declared.cicp.primaries}, ${declared.cicp.transfer} by CICP) are not known here`;
  // sharp leaves grey of 16 bits as it is.
  if (isGrey && depth !== 'uchar') return 'it is grey of 16 bits';
  const limit = LIMITS.rewrittenBytes;
  return size > limit ? `has ${size} bytes; they are looked at up to ${limit}` : undefined;
}
