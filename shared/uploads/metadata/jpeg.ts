import { END, FILL, isFrame, isMetadata, START_OF_SCAN } from '../../domain/formats/jpeg-segments.ts';
import { endsEarly, irremovable } from './irremovable.ts';
import { neutralSegment, type SegmentState } from './jpeg-metadata.ts';
import { componentsOf, isWellFormed, LINES } from './jpeg-tables.ts';
import type { PassingBytes, Walk } from './passing-bytes.ts';

/** Markers without a segment (ITU-T T.81, table B.1). */
const START = 0xd8;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

const START_BYTES = Buffer.from('ffd8ff', 'hex');

/**
 * Goes along a JPEG. EXIF keeps orientation, resolution, colour space, artist and copyright; JFIF, colour profiles, Adobe's transform, the index of
 * further pictures and the numbers of ISO 21496-1 stay; all other segments and the bytes between segments become zeros. Pictures that the index names
 * are gone through in the same way, and what else follows the end becomes zeros, films too. XMP keeps the numbers of a gain map, if they are
 * written as Google's and Adobe's programs do, and nothing else.
 *
 * What stands between the header of a scan and the next marker are pixels, whatever it is. So a JPEG without an end marker is refused.
 */
export function* walkJpeg(bytes: PassingBytes): Walk {
  const pictures = yield* walkPicture(bytes);
  for (const start of pictures.sort((a, b) => a - b)) {
    if (start < bytes.position()) continue;
    yield* bytes.erase(start - bytes.position(), 'trailer', true);
    const head = yield* bytes.look(START_BYTES.length);
    if (head.equals(START_BYTES)) yield* walkPicture(bytes);
  }
  yield* bytes.erase(Number.POSITIVE_INFINITY, 'trailer', true);
}

/** Goes along a picture up to its end. Answers where the pictures are that its index names. */
function* walkPicture(bytes: PassingBytes): Walk<number[]> {
  const pictures: number[] = [];
  const state: SegmentState = {};
  yield* bytes.pass(2);
  let isInScan = false;
  for (;;) {
    const marker: number = isInScan ? yield* passScan(bytes) : yield* findMarker(bytes);
    if (marker === END) {
      if (state.awaitsScan) throw irremovable('it ends behind tables of a scan that is not there');
      yield* bytes.pass(2);
      return pictures;
    }
    bytes.countParts();
    if (isRestart(marker) || marker === 0x01) yield* bytes.pass(2);
    else {
      const named = yield* walkSegment(bytes, marker, state);
      if (pictures.length === 0) pictures.push(...named);
      isInScan = marker === START_OF_SCAN;
    }
  }
}

/** Passes the pixels of a scan on, with the restarts in it; answers which marker follows them. */
function* passScan(bytes: PassingBytes): Walk<number> {
  for (;;) {
    const chunk = yield* bytes.some();
    if (chunk.length === 0) throw endsEarly();
    const found = endOfPixels(chunk);
    yield* bytes.pass(found);
    if (found === chunk.length) continue;
    const [, marker] = yield* bytes.look(2);
    if (marker === undefined) throw endsEarly();
    if (marker === 0 || isRestart(marker)) yield* bytes.pass(2);
    else if (marker === FILL) yield* bytes.pass(1);
    else return marker;
  }
}

/** The offset of the first 0xff that begins a marker, behind fill bytes, or that is the last byte. */
function endOfPixels(chunk: Buffer): number {
  let at = chunk.indexOf(FILL);
  while (at >= 0) {
    const next = chunk[at + 1];
    if (next === 0 || (next !== undefined && isRestart(next))) at = chunk.indexOf(FILL, at + 2);
    else if (next === FILL) at += 1;
    else return at;
  }
  return chunk.length;
}

/** The offset of the last of the fill bytes that begin at another. */
function lastFill(chunk: Buffer, from: number): number {
  let at = from;
  while (chunk[at + 1] === FILL) at += 1;
  return at;
}

/** Erases what stands before the next marker, as decoders pass over it, and answers the marker. */
function* findMarker(bytes: PassingBytes): Walk<number> {
  for (;;) {
    const chunk = yield* bytes.some();
    if (chunk.length === 0) throw endsEarly();
    const found = chunk.indexOf(FILL);
    const fill = found < 0 ? 0 : lastFill(chunk, found) - found;
    yield* bytes.erase(found < 0 ? chunk.length : found, 'other');
    if (found < 0) continue;
    yield* bytes.pass(fill);
    const [, marker] = yield* bytes.look(2);
    if (marker === undefined) throw endsEarly();
    if (marker === FILL) yield* bytes.pass(1);
    else if (marker === 0) {
      bytes.countParts();
      yield* bytes.erase(2, 'other');
    } else return marker;
  }
}

function* walkSegment(bytes: PassingBytes, marker: number, state: SegmentState): Walk<number[]> {
  if (marker === START) throw irremovable('a second image begins within the first');
  const head = yield* bytes.look(4);
  const length = head.length < 4 ? 0 : head.readUInt16BE(2);
  if (length < 2) throw irremovable('one of its segments has no length');
  const contentAt = bytes.position() + 4;
  const segment = yield* bytes.look(2 + length);
  if (segment.length < 2 + length) throw endsEarly();
  const body = segment.subarray(4);
  if (!isMetadata(marker)) {
    if (!isWellFormed(marker, body))
      throw irremovable(
        `its segment ${marker.toString(16).toUpperCase()} at byte ${contentAt - 4} is damaged or unknown`,
      );
    checkOrder(marker, body, state);
    yield* bytes.pass(segment.length);
    return [];
  }
  const neutral = neutralSegment(marker, body, state);
  bytes.countParts(neutral.fields);
  yield* bytes.pass(4);
  yield* bytes.replace(neutral.body, ...neutral.kinds);
  return neutral.pictures?.map((offset) => contentAt + offset) ?? [];
}

/**
 * Refuses a scan of a frame that has not come, because what is behind its header is not looked at, and a second frame, which comes where tables have
 * swallowed the end of a picture.
 */
function checkOrder(marker: number, body: Buffer, state: SegmentState): void {
  const components = componentsOf(marker, body);
  if (isFrame(marker)) {
    if (state.components) throw irremovable('it has two frames');
    state.components = components;
  } else if (marker === START_OF_SCAN) {
    if (!components.every((each) => state.components?.includes(each)))
      throw irremovable('it has a scan of which no frame has told');
    state.awaitsScan = false;
  } else if (marker !== LINES) state.awaitsScan = true;
}
