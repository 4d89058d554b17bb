import { openPartCounter } from '../formats/part-counter.ts';
import { ENTRY_BYTES } from './read-exif.ts';

/** Pointers to the directories of EXIF, of GPS and of interoperability (CIPA DC-008-2023, 4.6.3), which libexif follows wherever they stand. */
const POINTERS = [0x8769, 0x8825, 0xa005];

const PREFIX_BYTES = 6;
const FIRST = 0;

/**
 * Goes through the directories of EXIF as libexif does whenever the file is opened, and refuses those that lead to others again and again: three
 * pointers that stand three times in a directory, and lead to where they stand, take it a second, and eight times ten.
 */
export function checkExif(exif: Buffer): void {
  const bytes = exif.subarray(0, 4).toString('latin1') === 'Exif' ? exif.subarray(PREFIX_BYTES) : exif;
  const order = bytes.subarray(0, 2).toString('latin1');
  if (bytes.length < 8 || (order !== 'II' && order !== 'MM')) return;
  const short = (at: number) => (order === 'II' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number) => (order === 'II' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const countDirectory = openPartCounter('exifDirectories');
  const countField = openPartCounter('exifFields');
  /** Visits a directory that a pointer leads to, and answers where the next one is said to be. */
  const visit = (start: number, kind: number): number => {
    if (start + 2 > bytes.length) return 0;
    countDirectory();
    const entries = Math.min(short(start), Math.floor((bytes.length - start - 2) / ENTRY_BYTES));
    for (let entry = 0; entry < entries; entry += 1) {
      countField();
      const at = start + 2 + entry * ENTRY_BYTES;
      const tag = short(at);
      // A pointer to a directory of the same kind is skipped.
      if (tag !== kind && POINTERS.includes(tag)) visit(long(at + 8), tag);
    }
    const next = start + 2 + short(start) * ENTRY_BYTES;
    return next + 4 <= bytes.length ? long(next) : 0;
  };
  const thumbnail = visit(long(4), FIRST);
  if (thumbnail > 0) visit(thumbnail, FIRST);
}
