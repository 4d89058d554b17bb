import { directoryOf } from './exif-layout.ts';
import { entriesOf, overlap, readNumber, tiffFormOf, UNDEFINED, valueRange, writeNumber } from './tiff-entries.ts';

/** The index of pictures that follow the first one (CIPA DC-007, Multi-Picture Format, 5.2.3): its version, how many pictures, and where they are. */
const KEPT_TAGS = [0xb000, 0xb001, 0xb002];
const PLACES = 0xb002;
const PLACE_BYTES = 16;
/** More fields than the standard has; an index with others is none. */
const MOST_FIELDS = 64;

/** The index without the names of the pictures, and where they begin, from the TIFF header on. */
export interface PictureIndex {
  bytes: Buffer;
  offsets: number[];
}

/** Reads the index from its TIFF header on, and writes it anew in as many bytes. An index that makes no sense is zeros and names no pictures. */
export function readPictureIndex(index: Buffer): PictureIndex {
  const none = { bytes: Buffer.alloc(index.length), offsets: [] };
  const form = tiffFormOf(index);
  if (form?.layout.entryBytes !== 12) return none;
  const { isLittle } = form;
  const number = (at: number, length: number) => readNumber(index, at, { isLittle, length });
  const from = number(4, 4) + 2;
  const end = from + 12 * number(from - 2, 2);
  if (end > index.length || number(from - 2, 2) > MOST_FIELDS) return none;
  const entries = entriesOf(index.subarray(from, end), from, form);
  const kept = entries.filter(({ tag }) => KEPT_TAGS.includes(tag));
  const removed = entries.filter(({ tag, length }) => !KEPT_TAGS.includes(tag) && length > 4).map(valueRange);
  const places = kept.find(({ tag }) => tag === PLACES);
  const isSound = kept.every((entry) => {
    const range = valueRange(entry);
    return range.end <= index.length && !removed.some((other) => overlap(other, range));
  });
  if (!isSound || !places || places.type !== UNDEFINED || kept.length > KEPT_TAGS.length) return none;
  const header = Buffer.concat([index.subarray(0, 4), Buffer.alloc(4)]);
  writeNumber(header, 4, 8, { isLittle, length: 4 });
  const made = Buffer.concat([header, directoryOf(index, form, kept, 8)]);
  if (made.length > index.length) return none;
  const count = Math.floor(places.length / PLACE_BYTES);
  const offsets = Array.from({ length: count }, (_, place) => number(places.at + PLACE_BYTES * place + 8, 4));
  return {
    bytes: Buffer.concat([made, Buffer.alloc(index.length - made.length)]),
    offsets: offsets.filter((offset) => offset > 0),
  };
}
