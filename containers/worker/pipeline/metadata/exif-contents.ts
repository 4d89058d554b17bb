/** JPEGInterchangeFormat (CIPA DC-008-2023, 4.6.4) as a number of 16 or 32 bits, in either byte order: what tells libexif where a thumbnail is, in whatever directory. */
const THUMBNAIL_PLACES = ['01020300', '01020400', '02010003', '02010004'].map((hex) => Buffer.from(hex, 'hex'));

/** Whether EXIF may have a thumbnail in it; of other bytes that look so the answer is yes too. */
export const mayHaveThumbnail = (exif: Buffer): boolean => THUMBNAIL_PLACES.some((bytes) => exif.includes(bytes));

/**
 * A text of EXIF, which has ASCII by its standard: cameras and editors mean UTF-8, and older ones Windows' Latin 1, which hardly ever is UTF-8 too. A character
 * that is cut at the end has no rest of it.
 */
export function decodeExifText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
