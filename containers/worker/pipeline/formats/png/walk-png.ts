import type { DeclaredColours } from '../../colour/declared-colours.ts';
import type { FileWindow } from '../file-window.ts';
import { type MetadataCounter, openMetadataCounter } from '../metadata-counter.ts';
import { openPartCounter } from '../part-counter.ts';
import { type ApngFacts, collectApngFacts } from './apng.ts';
import { HEADER_END } from './png-chunks.ts';
import { collectPngColours } from './png-colours.ts';

/** The longest keyword (PNG, 11.3.3), language tag and translated keyword that are skipped to find the text after them. */
const HEAD_BYTES = 4096;

/** The method by which rows are interlaced, in IHDR (PNG, 11.2.1). */
const INTERLACE_AT = 28;

/** Facts that the chunks of a PNG show. */
interface PngFacts extends ApngFacts {
  /** Where one ends that is cut. */
  end?: number;
  isShownInPart: boolean;
  colours: DeclaredColours | undefined;
}

/** Chunks of a length, a type, data and a checksum (PNG, 5.3), up to IEND, and the metadata among them. */
export async function walkPng(window: FileWindow): Promise<PngFacts> {
  const apng = collectApngFacts();
  const colours = collectPngColours();
  let isBeforePixels = true;
  let end: number | undefined;
  const header = await window.copy(0, HEADER_END);
  const isShownInPart = header[INTERLACE_AT] === 0;
  const count = openPartCounter('pngChunks');
  const metadata = openMetadataCounter(window);
  for (let at = 8; at + 8 <= window.fileSize; ) {
    const head = await window.bytes(at, 8);
    const type = head.toString('latin1', 4, 8);
    if (head.length < 8 || type === 'IEND') break;
    count();
    const length = head.readUInt32BE(0);
    if (type === 'IDAT') isBeforePixels = false;
    apng.pixels(type);
    if (apng.isOne(type, length)) apng.add(await window.copy(at + 4, length + 8));
    if (isBeforePixels && colours.isOne(type, length)) colours.add(await window.copy(at + 4, length + 8));
    await METADATA[type]?.({ window, metadata, at: at + 8, length });
    at += 12 + length;
    if (at > window.fileSize) end = at;
  }
  const animation = apng.facts(header, window.fileSize);
  return { isShownInPart, colours: colours.colours(), ...animation, ...(end !== undefined && { end }) };
}

interface Chunk {
  window: FileWindow;
  metadata: MetadataCounter;
  /** The offset of its data. */
  at: number;
  length: number;
}

/** Readers of chunks by type (PNG, 11.3). */
const METADATA: Record<string, (chunk: Chunk) => Promise<void>> = {
  eXIf: ({ metadata, at, length }) => metadata.addExif([{ at, length }]),
  tEXt: async ({ metadata, length }) => metadata.add(length),
  /** A keyword and its end, the method, the text. */
  zTXt: (chunk) => addText(chunk, (bytes) => behind(bytes, 0) + 1),
  /** A keyword and its end, whether the text is deflated, the method, a language and a translated keyword with their ends, the text. */
  iTXt: (chunk) =>
    addText(chunk, (bytes) => {
      const flag = behind(bytes, 0);
      return bytes[flag] === 1 ? behind(bytes, behind(bytes, flag + 2)) : undefined;
    }),
};

/** The position after the next zero. */
const behind = (bytes: Buffer, from: number): number => bytes.indexOf(0, from) + 1 || bytes.length;

async function addText(
  { window, metadata, at, length }: Chunk,
  textFrom: (bytes: Buffer) => number | undefined,
): Promise<void> {
  const head = await window.copy(at, Math.min(length, HEAD_BYTES));
  const from = textFrom(head);
  if (from === undefined || from >= length) return metadata.add(length);
  metadata.add(from);
  await metadata.addDeflated({ at: at + from, length: length - from });
}
