import { type Box, boxesOf, eraseBox, eraseHandlerName, neutraliseProperties } from './heif-boxes.ts';
import type { Planning } from './heif-items.ts';
import { irremovable } from './irremovable.ts';
import type { Range } from './tiff-entries.ts';

/** Tracks that are shown: pictures, their transparency, and films. Sound, texts and places are not. */
const SHOWN = ['pict', 'auxv', 'vide'];

/** The boxes of a film that are kept (ISO/IEC 14496-12, 8), and those in them; all others are erased. */
const TREE: Readonly<Record<string, readonly string[]>> = {
  moov: ['mvhd', 'trak'],
  trak: ['tkhd', 'tref', 'edts', 'mdia'],
  edts: ['elst'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['vmhd', 'nmhd', 'dinf', 'stbl'],
  stbl: 'stsd stts ctts cslg stsc stsz stz2 stco co64 stss sdtp sgpd sbgp'.split(' '),
};

/** A reference to the file itself and no other (ISO/IEC 14496-12, 8.7). */
const REFERENCE_BYTES = 28;

/** Bytes of an entry of a picture's track before its boxes, and where it has the name of its encoder (ISO/IEC 14496-12, 12.1.3). */
const ENTRY_BYTES = 78;
const NAME = { at: 42, bytes: 32 };

/** Tracks of a film: pictures, their transparency, and sounds in some languages. */
const MOST_TRACKS = 100;

/** Numbers of samples and chunks, which may have few bytes each and are read in no time. */
const NUMBERS_PER_PART = 8;

/** Samples of one track: an hour of 24 a second. */
const MOST_SAMPLES = 24 * 60 * 60;

type Count = Planning['countParts'];

/** Plans what becomes of a film, `moov`, and of its data; `range` is its content. */
export async function planTracks({ read, plan, countParts }: Planning, { start, end }: Range): Promise<void> {
  const bytes = Buffer.from(await read(start, end - start));
  const whole = { type: 'moov', at: 0, start: 0, end: bytes.length };
  countBoxes(bytes, whole, countParts);
  const tracks = boxesOf(bytes, whole).filter(({ type }) => type === 'trak');
  if (tracks.length > MOST_TRACKS) throw irremovable(`it has more than ${MOST_TRACKS} tracks`);
  for (const track of tracks) {
    if (!isShown(bytes, track)) eraseBox(bytes, track);
    else for (const range of samplesOf(bytes, track, countParts)) plan.keep(range);
  }
  neutralise(bytes, whole, countParts);
  plan.rewrite(start, bytes, 'other');
}

/** Counts the boxes that are gone through, some of them several times. */
function countBoxes(bytes: Buffer, within: Box, countParts: Count): void {
  const boxes = boxesOf(bytes, within);
  countParts(boxes.length);
  for (const box of boxes)
    if (TREE[within.type]?.includes(box.type) && TREE[box.type]) countBoxes(bytes, box, countParts);
}

/** The first box along a path of types. */
function find(bytes: Buffer, within: Range, ...path: string[]): Box | undefined {
  const [type, ...rest] = path;
  const box = boxesOf(bytes, within).find((each) => each.type === type);
  return box && rest.length > 0 ? find(bytes, box, ...rest) : box;
}

function isShown(bytes: Buffer, track: Box): boolean {
  const handler = find(bytes, track, 'mdia', 'hdlr');
  return handler !== undefined && SHOWN.includes(bytes.toString('latin1', handler.start + 8, handler.start + 12));
}

/** Erases boxes, times and names, in place. */
function neutralise(bytes: Buffer, within: Box, countParts: Count): void {
  for (const box of boxesOf(bytes, within)) {
    if (!TREE[within.type]?.includes(box.type)) eraseBox(bytes, box);
    else if (TREE[box.type]) neutralise(bytes, box, countParts);
    else if (['mvhd', 'tkhd', 'mdhd'].includes(box.type)) eraseTimes(bytes, box);
    else if (box.type === 'hdlr') eraseHandlerName(bytes, box);
    else if (box.type === 'stsd') neutraliseEntries(bytes, box, countParts);
    else if (box.type === 'dinf' && box.end - box.start > REFERENCE_BYTES)
      throw irremovable('its data lie in other files');
  }
}

/** Times of creation and change, of 32 or 64 bits each. */
function eraseTimes(bytes: Buffer, { start, end }: Box): void {
  bytes.fill(0, Math.min(end, start + 4), Math.min(end, start + (bytes[start] === 1 ? 20 : 12)));
}

function neutraliseEntries(bytes: Buffer, { start, end }: Box, countParts: Count): void {
  for (const entry of boxesOf(bytes, { start: start + 8, end })) {
    const properties = { start: entry.start + ENTRY_BYTES, end: entry.end };
    if (properties.start > entry.end) throw irremovable('one of its boxes is damaged');
    countParts(1 + boxesOf(bytes, properties).length);
    bytes.fill(0, entry.start + NAME.at, entry.start + NAME.at + NAME.bytes);
    neutraliseProperties(bytes, properties);
  }
}

/** Where the samples of a track are, one range for each chunk of them. */
function samplesOf(bytes: Buffer, track: Box, countParts: Count): Range[] {
  const table = find(bytes, track, 'mdia', 'minf', 'stbl');
  const places = table && (find(bytes, table, 'stco') ?? find(bytes, table, 'co64'));
  const runs = table && find(bytes, table, 'stsc');
  const sizes = table && find(bytes, table, 'stsz');
  if (!places || !runs || !sizes) throw irremovable('it does not say where the pictures of a track are');
  const number = (at: number): number => {
    if (at + 4 > bytes.length) throw irremovable('one of its boxes is damaged');
    return bytes.readUInt32BE(at);
  };
  const count = number(sizes.start + 8);
  const chunks = number(places.start + 4);
  if (count > MOST_SAMPLES || chunks > MOST_SAMPLES)
    throw irremovable(`a track has more than ${MOST_SAMPLES} pictures`);
  // Each run begins with another chunk.
  if (number(runs.start + 4) > chunks) throw irremovable('one of its boxes is damaged');
  countParts((count + chunks) / NUMBERS_PER_PART);
  const sizeOf = (sample: number) => number(sizes.start + 4) || number(sizes.start + 12 + 4 * sample);
  const placeOf = (chunk: number) =>
    places.type === 'stco'
      ? number(places.start + 8 + 4 * chunk)
      : number(places.start + 8 + 8 * chunk) * 2 ** 32 + number(places.start + 12 + 8 * chunk);
  let [sample, run] = [0, 0];
  return Array.from({ length: chunks }, (_, chunk) => {
    // Runs begin with a number of a chunk, from 1 on (8.7.4).
    while (run + 1 < number(runs.start + 4) && number(runs.start + 8 + 12 * (run + 1)) <= chunk + 1) run += 1;
    let length = 0;
    for (let left = number(runs.start + 12 + 12 * run); left > 0 && sample < count; left -= 1, sample += 1)
      length += sizeOf(sample);
    return { start: placeOf(chunk), end: placeOf(chunk) + length };
  });
}
