import { isFrame, RESTART_INTERVAL, START_OF_SCAN } from '../../domain/formats/jpeg-segments.ts';

/** Markers of tables and lengths (ITU-T T.81, table B.1). */
const HUFFMAN = 0xc4;
const ARITHMETIC = 0xcc;
const QUANTIZATION = 0xdb;
export const LINES = 0xdc;

/** Whether the content of a segment is exactly what its marker says; undefined for markers that decoders refuse. libjpeg refuses other lengths too. */
export function isWellFormed(marker: number, body: Buffer): boolean | undefined {
  if (marker === START_OF_SCAN) return body.length > 4 && body.length === 4 + 2 * (body[0] ?? 0);
  if (isFrame(marker)) return body.length === 6 + 3 * (body[5] ?? 0);
  if (marker === QUANTIZATION) return isSeries(body, quantizationBytes);
  if (marker === HUFFMAN) return isSeries(body, huffmanBytes);
  if (marker === ARITHMETIC) return isSeries(body, conditioningBytes);
  if (marker === LINES || marker === RESTART_INTERVAL) return body.length === 2;
  return undefined;
}

/** The numbers of the components that a frame has, or that a scan has pixels of. */
export function componentsOf(marker: number, body: Buffer): number[] {
  const [first, step] = isFrame(marker) ? [6, 3] : [1, 2];
  return Array.from({ length: body[first - 1] ?? 0 }, (_, index) => body[first + step * index] ?? 0);
}

/** Whether tables follow each other up to the end; `lengthOf` answers how long the one at an offset is, 0 if it is none. */
function isSeries(body: Buffer, lengthOf: (body: Buffer, at: number) => number): boolean {
  let at = 0;
  while (at < body.length) {
    const length = lengthOf(body, at);
    if (length === 0) return false;
    at += length;
  }
  return at === body.length;
}

/** Precision and number of the table, then 64 values of one or two bytes (B.2.4.1). */
function quantizationBytes(body: Buffer, at: number): number {
  const [precision, table] = [(body[at] ?? 0) >> 4, (body[at] ?? 0) & 15];
  return precision > 1 || table > 3 ? 0 : 1 + 64 * (precision + 1);
}

/** Class and number of the table, how many codes of each of 16 lengths, and their values (B.2.4.2). */
function huffmanBytes(body: Buffer, at: number): number {
  const [kind, table] = [(body[at] ?? 0) >> 4, (body[at] ?? 0) & 15];
  const values = body.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
  return kind > 1 || table > 3 || values > 256 ? 0 : 17 + values;
}

/** Class and number of the table, 32 in all for libjpeg, and its value (B.2.4.3). */
const conditioningBytes = (body: Buffer, at: number): number => ((body[at] ?? 0) < 32 ? 2 : 0);
