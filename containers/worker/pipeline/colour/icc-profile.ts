import { LIMITS } from '../../../../shared/domain/limits.ts';

/** Header, number of tags, and bytes of each entry of the tag table (ICC.1:2022, 7.2 and 7.3). */
export const HEADER_BYTES = 128;
export const TAG_ENTRY_BYTES = 12;

/** The most tags that lcms2 accepts in a profile (MAX_TABLE_TAG). */
const MOST_TAGS = 100;

/** Tags that convert by elements in floating point: a tag may have any number of them, and lcms2 computes each. */
const BY_ELEMENTS = new Set(['D2B0', 'D2B1', 'D2B2', 'D2B3']);

const BY_TABLE = new Set(['A2B0', 'A2B1', 'A2B2']);
const CURVES = new Set(['rTRC', 'gTRC', 'bTRC']);

interface Tag {
  name: string;
  content: Buffer;
}

function tagsOf(icc: Buffer): Tag[] {
  if (icc.length < HEADER_BYTES + 4) return [];
  const entries = Math.min(icc.readUInt32BE(HEADER_BYTES), MOST_TAGS);
  return Array.from({ length: entries }, (_, index) => HEADER_BYTES + 4 + TAG_ENTRY_BYTES * index)
    .filter((at) => at + TAG_ENTRY_BYTES <= icc.length)
    .map((at) => {
      const offset = icc.readUInt32BE(at + 4);
      const content = icc.subarray(offset, offset + icc.readUInt32BE(at + 8));
      return { name: icc.toString('latin1', at, at + 4), content };
    });
}

/**
 * Whether the work for a profile is bounded: curves, matrices and one table at most, as cameras, editors and makers of printers write it. An
 * image with another profile is read as if it had none, as libvips does when a profile is broken: its colours may be a little off, but there
 * is an image. Profiles with the elements of floating point have curves or tables beside them, and
 * lcms2 cannot be told to take these; a hundred of the elements are 1.1 to 7.5 µs a pixel of 16 bits (measured), and a tag may have any number.
 */
export const isBoundedProfile = (icc: Buffer): boolean =>
  icc.length <= LIMITS.profileBytes && !tagsOf(icc).some(({ name }) => BY_ELEMENTS.has(name));

/** An exponent below which lcms2 takes a profile for linear, with some room (cmsCreateExtendedTransform: 1.6). */
const LEAST_EXPONENT = 1.7;

/**
 * Whether lcms2 computes each pixel of 16 bits, of RGB or of Lab, through all steps of a profile instead of looking it up in one table that
 * it makes of them: it does so when the profile is nearly linear. A profile with tables counts as computed, because only walking through its tables could tell.
 */
export function isComputedPerPixel(icc: Buffer): boolean {
  const tags = tagsOf(icc);
  return tags.some(({ name, content }) => BY_TABLE.has(name) || (CURVES.has(name) && !isSteep(content)));
}

/** An ICC s15Fixed16Number. */
const fixed = (content: Buffer, at: number): number => content.readInt32BE(at) / 2 ** 16;

/** A curve of an exponent (ICC.1:2022, 10.6), or of one and a straight piece at its beginning as that of sRGB (10.18, type 3). */
function isSteep(content: Buffer): boolean {
  const type = content.toString('latin1', 0, 4);
  if (type === 'curv' && content.length >= 14)
    return content.readUInt32BE(8) === 1 && content.readUInt16BE(12) / 256 >= LEAST_EXPONENT;
  if (type !== 'para' || content.length < 16) return false;
  const form = content.readUInt16BE(8);
  if (form === 0) return fixed(content, 12) >= LEAST_EXPONENT;
  if (form !== 3 || content.length < 32) return false;
  const [exponent = 0, scale = 0, shift = 0, , straightUntil = 0] = [12, 16, 20, 24, 28].map((at) =>
    fixed(content, at),
  );
  const isWhole = Math.abs(scale + shift - 1) < 0.01;
  return exponent >= 2 && isWhole && shift >= 0 && shift <= 0.1 && straightUntil >= 0 && straightUntil <= 0.1;
}
