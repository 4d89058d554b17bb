import { readExif } from './exif-tags.ts';

/** What of EXIF outlives processing: who made an image, and whose it is. */
export type Copyright = Partial<Record<'Copyright' | 'Artist', string>>;

const TAGS = { Copyright: 0x8298, Artist: 0x013b };

/** Bytes of each that are kept: a paragraph of legal text. */
const MOST_BYTES = 2048;

/** libvips takes a bracket at the end of a value for its own description of it, and cuts it off. */
const WITH_TAIL = ' (ASCII)';

export function readCopyright(exif: Buffer): Copyright {
  const named = Object.values(TAGS);
  const fields = readExif(exif, MOST_BYTES, { image: (tag) => named.includes(tag) })?.image ?? [];
  const kept = Object.entries(TAGS).flatMap(([name, tag]) => {
    const text = textOf(fields.find((field) => field.tag === tag)?.bytes);
    return text ? [[name, text + WITH_TAIL]] : [];
  });
  return Object.fromEntries(kept);
}

/** EXIF has ASCII, which cameras and editors mean as UTF-8; a NUL ends a text, and stands between the copyright of who took a picture and who edited it. */
function textOf(bytes: Buffer | undefined): string | undefined {
  if (!bytes) return undefined;
  // One that was cut in the middle of a character has no rest of it.
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  const parts = text.split('\0').map((part) => part.trim());
  return parts.filter(Boolean).join('; ');
}
