import { irremovable } from './irremovable.ts';
import type { Range } from './tiff-entries.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2), as it lies in the bytes of another. */
export interface Box extends Range {
  type: string;
  /** Where its header begins; `start` and `end` are those of its content. */
  at: number;
}

/** Reads a header; undefined where there is none that fits into so many bytes. */
export function readBox(bytes: Buffer, at: number, room: number): Box | undefined {
  if (room < 8 || at + 8 > bytes.length) return undefined;
  const short = bytes.readUInt32BE(at);
  if (short === 1 && at + 16 > bytes.length) return undefined;
  const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short || room;
  const start = at + (short === 1 ? 16 : 8);
  if (at + size < start || size > room) return undefined;
  return { type: bytes.toString('latin1', at + 4, at + 8), at, start, end: at + size };
}

/** Boxes in another: some ten for each of LIMITS.avifItems. */
const MOST_BOXES = 10_000;

/** The boxes of a range, which must fill it. */
export function boxesOf(bytes: Buffer, { start, end }: Range): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at < end; ) {
    const box = readBox(bytes, at, end - at);
    // Only boxes of the file itself may leave their length out.
    if (!box || bytes.readUInt32BE(at) === 0) throw irremovable('one of its boxes is damaged');
    boxes.push(box);
    if (boxes.length > MOST_BOXES) throw irremovable(`it has more than ${MOST_BOXES} boxes in one`);
    at = box.end;
  }
  return boxes;
}

/** Makes free space of a box, in place, so that readers pass over it. */
export function eraseBox(bytes: Buffer, { at, start, end }: Box): void {
  bytes.write('free', at + 4, 'latin1');
  bytes.fill(0, start, end);
}

/** Erases the name of a handler (ISO/IEC 14496-12, 8.4.3), in place. */
export function eraseHandlerName(bytes: Buffer, { start, end }: Box): void {
  bytes.fill(0, Math.min(end, start + 24), end);
}

/**
 * Properties of pictures that say how they are decoded and shown (ISO/IEC 23008-12, 6.5, and those of the codecs), and the most bytes that
 * each has. Others are erased, such as descriptions, and the times of creation and change.
 */
const PROPERTIES: Readonly<Record<string, number>> = {
  ispe: 12,
  pixi: 32,
  irot: 1,
  imir: 1,
  clap: 32,
  pasp: 8,
  colr: 16 * 1024 * 1024,
  auxC: 1024,
  auxi: 256,
  av1C: 4096,
  hvcC: 64 * 1024,
  lhvC: 64 * 1024,
  vvcC: 64 * 1024,
  avcC: 64 * 1024,
  j2kH: 4096,
  uncC: 4096,
  cmpd: 4096,
  a1op: 1,
  a1lx: 13,
  lsel: 2,
  tols: 6,
  clli: 4,
  mdcv: 24,
  cclv: 64,
  amve: 8,
  reve: 12,
  ndwt: 8,
  ccst: 16,
  btrt: 12,
};

/** Keeps properties as they are, and erases others, in place. Profiles and types of auxiliary pictures keep nothing behind them. */
export function neutraliseProperties(bytes: Buffer, within: Range): void {
  for (const box of boxesOf(bytes, within)) {
    const { type, start, end } = box;
    const most = PROPERTIES[type];
    if (most === undefined || end - start > most) eraseBox(bytes, box);
    else if (type === 'auxC') bytes.fill(0, endOfText(bytes, start + 4, end), end);
    else if (type === 'auxi') bytes.fill(0, endOfText(bytes, start + 4, end), end);
    else if (type === 'colr') neutraliseColour(bytes, box);
  }
}

const endOfText = (bytes: Buffer, start: number, end: number): number => {
  const found = bytes.indexOf(0, start);
  return found < 0 ? end : Math.min(end, found);
};

/** A profile (ISO/IEC 14496-12, 12.1.5) of which the first four bytes are the length (ICC.1:2022, 7.2). */
function neutraliseColour(bytes: Buffer, box: Box): void {
  const kind = bytes.toString('latin1', box.start, box.start + 4);
  const at = box.start + 4;
  if (kind === 'nclx') bytes.fill(0, Math.min(box.end, at + 7), box.end);
  else if (bytes.toString('latin1', at + 36, at + 40) !== 'acsp') eraseBox(bytes, box);
  else bytes.fill(0, Math.min(box.end, at + bytes.readUInt32BE(at)), box.end);
}
