import { exifText, mayHaveThumbnail } from './exif-contents.ts';
import { readExif } from './exif-tags.ts';

/** What of EXIF outlives processing: who made an image, and whose it is. */
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

/** A NUL ends a text, and stands between the copyright of who took a picture and who edited it. */
function textOf(bytes: Buffer | undefined): string | undefined {
  if (!bytes) return undefined;
  const parts = exifText(bytes)
    .split('\0')
    .map((part) => part.trim());
  return parts.filter(Boolean).join('; ');
}

const ONLY_ASCII = /^[\x20-\x7e]*$/;

/** Whether sharp would write something else, or something more, than a copyright if it were told of one that stands in this EXIF. */
export const isCarried = (exif: Buffer): boolean => {
  const texts = Object.values(readCopyright(exif));
  return texts.length > 0 && (mayHaveThumbnail(exif) || !texts.every((text) => ONLY_ASCII.test(text)));
};
