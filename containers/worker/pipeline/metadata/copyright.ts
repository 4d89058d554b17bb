import { decodeExifText, mayHaveThumbnail } from './exif-contents.ts';
import { readExif } from './read-exif.ts';

/** The part of EXIF that outlives processing: the names of author and owner. */
export type Copyright = Partial<Record<'Copyright' | 'Artist', string>>;

export const COPYRIGHT_TAGS = { Copyright: 0x8298, Artist: 0x013b };

/** Bytes of each that are kept: a paragraph of legal text. */
const MOST_BYTES = 2048;

export function readCopyright(exif: Buffer): Copyright {
  const named = Object.values(COPYRIGHT_TAGS);
  const fields = readExif(exif, MOST_BYTES, { image: (tag) => named.includes(tag) })?.image ?? [];
  const kept = Object.entries(COPYRIGHT_TAGS).flatMap(([name, tag]) => {
    const text = textOf(fields.find((field) => field.tag === tag)?.bytes);
    return text ? [[name, text]] : [];
  });
  return Object.fromEntries(kept);
}

/** A NUL ends a text, and separates the copyrights of photographer and editor. */
function textOf(bytes: Buffer | undefined): string | undefined {
  if (!bytes) return undefined;
  const parts = decodeExifText(bytes)
    .split('\0')
    .map((part) => part.trim());
  return parts.filter(Boolean).join('; ');
}

const ONLY_ASCII = /^[\x20-\x7e]*$/;

/** Whether this EXIF has a copyright that sharp cannot write exactly: it would write other characters, or a thumbnail too. */
export const carriesCopyright = (exif: Buffer): boolean => {
  const texts = Object.values(readCopyright(exif));
  return texts.length > 0 && (mayHaveThumbnail(exif) || !texts.every((text) => ONLY_ASCII.test(text)));
};
