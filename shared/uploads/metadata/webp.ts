import { FRAME_HEAD_BYTES } from '../../domain/formats/webp-chunks.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { EMPTY_CHUNK } from './empty-chunk.ts';
import { endsEarly, irremovable } from './irremovable.ts';
import { neutralExif } from './neutral-exif.ts';
import type { PassingBytes, Walk } from './passing-bytes.ts';

const RIFF_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
const EXTENDED_BYTES = 10;
const XMP_FLAG = 0x04;

/** A chunk in whose place the walk is: where its data and its padding end. */
interface Chunk {
  type: string;
  length: number;
}

/**
 * Goes along a WebP. EXIF keeps orientation, resolution, colour space, artist and copyright; XMP and chunks that are not of the format become
 * chunks of zeros of an unknown type, and what follows the last chunk zeros.
 */
export function* walkWebp(bytes: PassingBytes): Walk {
  const riff = yield* bytes.look(RIFF_BYTES);
  if (riff.length < RIFF_BYTES) throw endsEarly();
  const end = CHUNK_HEAD_BYTES + riff.readUInt32LE(4);
  yield* bytes.pass(RIFF_BYTES);
  yield* walkChunks(bytes, end, CHUNKS);
  yield* bytes.erase(Number.POSITIVE_INFINITY, 'trailer', true);
}

type Pass = (bytes: PassingBytes, chunk: Chunk) => Walk;

/** Goes along chunks up to an offset, at which the last one must end. */
function* walkChunks(bytes: PassingBytes, end: number, known: Readonly<Record<string, Pass>>): Walk {
  while (bytes.position() < end) {
    const head = yield* bytes.look(CHUNK_HEAD_BYTES);
    if (head.length < CHUNK_HEAD_BYTES) throw endsEarly();
    bytes.countParts();
    const chunk = { type: head.toString('latin1', 0, 4), length: head.readUInt32LE(4) };
    const room = end - bytes.position() - CHUNK_HEAD_BYTES;
    if (!/^[\x20-\x7e]{4}$/.test(chunk.type) || chunk.length > room)
      throw irremovable(`it has no chunk at byte ${bytes.position()}`);
    yield* (known[chunk.type] ?? eraseChunk)(bytes, chunk);
    // Some writers leave the padding of the last chunk out.
    if (chunk.length % 2 === 1 && bytes.position() < end) yield* bytes.erase(1, 'other');
  }
}

function* passChunk(bytes: PassingBytes, { length }: Chunk): Walk {
  yield* bytes.pass(CHUNK_HEAD_BYTES + length);
}

/** Passes pixels on, if they begin as the codec says. */
const passPixels = (signature: string, at: number): Pass =>
  function* pass(bytes, chunk) {
    const head = yield* bytes.look(CHUNK_HEAD_BYTES + at + signature.length / 2);
    if (head.toString('hex', CHUNK_HEAD_BYTES + at) !== signature)
      throw irremovable(`its chunk ${chunk.type} has no pixels`);
    yield* passChunk(bytes, chunk);
  };

function* eraseChunk(bytes: PassingBytes, { type, length }: Chunk): Walk {
  const kind: RemovedMetadata = type === 'XMP ' ? 'xmp' : type === 'EXIF' ? 'exif' : 'other';
  yield* bytes.replace(EMPTY_CHUNK, kind);
  yield* bytes.pass(4);
  yield* bytes.erase(length, kind);
}

/** The flag of EXIF stays, because it comes before anybody knows whether EXIF has an orientation; so EXIF stays too, with nothing personal. */
function* walkExif(bytes: PassingBytes, chunk: Chunk): Walk {
  if (chunk.length > LIMITS.exifBytes) return yield* eraseChunk(bytes, chunk);
  const data = (yield* bytes.look(CHUNK_HEAD_BYTES + chunk.length)).subarray(CHUNK_HEAD_BYTES);
  const prefix = data.subarray(0, data.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0);
  const { bytes: exif, hadGps, fields } = neutralExif(data.subarray(prefix.length), true);
  bytes.countParts(fields);
  yield* bytes.pass(CHUNK_HEAD_BYTES);
  yield* bytes.replace(Buffer.concat([prefix, exif]), ...((hadGps ? ['exif', 'gps'] : ['exif']) as RemovedMetadata[]));
}

function* walkExtended(bytes: PassingBytes, { length }: Chunk): Walk {
  if (length !== EXTENDED_BYTES) throw irremovable('its chunk VP8X has another length than the format says');
  const whole = Buffer.from(yield* bytes.look(CHUNK_HEAD_BYTES + length));
  whole[CHUNK_HEAD_BYTES] = (whole[CHUNK_HEAD_BYTES] ?? 0) & ~XMP_FLAG;
  yield* bytes.replace(whole);
}

/** A profile stays, but nothing behind it (ICC.1:2022, 7.2). */
function* walkProfile(bytes: PassingBytes, { length }: Chunk): Walk {
  const head = (yield* bytes.look(CHUNK_HEAD_BYTES + 40)).subarray(CHUNK_HEAD_BYTES);
  const isProfile = head.length === 40 && head.toString('latin1', 36) === 'acsp';
  const stays = isProfile ? Math.min(length, head.readUInt32BE(0)) : 0;
  yield* bytes.pass(CHUNK_HEAD_BYTES + stays);
  yield* bytes.erase(length - stays, 'other');
}

function* walkFrame(bytes: PassingBytes, { length }: Chunk): Walk {
  const end = bytes.position() + CHUNK_HEAD_BYTES + length;
  yield* bytes.pass(CHUNK_HEAD_BYTES + Math.min(length, FRAME_HEAD_BYTES));
  yield* walkChunks(bytes, end, PIXELS);
}

const PIXELS: Readonly<Record<string, Pass>> = {
  'VP8 ': passPixels('9d012a', 3),
  VP8L: passPixels('2f', 0),
  ALPH: passChunk,
};

const CHUNKS: Readonly<Record<string, Pass>> = {
  ...PIXELS,
  VP8X: walkExtended,
  ICCP: walkProfile,
  ANIM: passChunk,
  ANMF: walkFrame,
  EXIF: walkExif,
};
