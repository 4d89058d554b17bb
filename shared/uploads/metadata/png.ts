import { crc32 } from 'node:zlib';
import { LIMITS } from '../../domain/limits.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { ZEROS } from './byte-tape.ts';
import { EMPTY_CHUNK } from './empty-chunk.ts';
import { endsEarly, irremovable } from './irremovable.ts';
import { isEmpty, neutralExif } from './neutral-exif.ts';
import type { PassingBytes, Walk } from './passing-bytes.ts';

/** The chunks that decoders use (PNG, third edition, 11): pixels, colours, resolution, animation. */
const KEPT = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI mDCv cLLi bKGD hIST pHYs acTL fcTL fdAT'.split(' '),
);

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const CRC_BYTES = 4;
/** The longest chunk (PNG, 5.3). */
const MOST_BYTES = 2 ** 31 - 1;
const KEYWORD_BYTES = 79;

/**
 * Goes along a PNG. Of eXIf there stay orientation, resolution, colour space, artist and copyright; all other chunks that no decoder needs become
 * chunks of zeros of an unknown type, and what follows IEND zeros. A chunk that stays must have a right checksum, because one of a wrong
 * length has swallowed others.
 */
export function* walkPng(bytes: PassingBytes): Walk {
  yield* bytes.pass(SIGNATURE.length);
  let type = '';
  while (type !== 'IEND') {
    const head = yield* bytes.look(8);
    if (head.length < 8) throw endsEarly();
    bytes.countParts();
    const length = head.readUInt32BE(0);
    const isFirst = type === '';
    type = head.toString('latin1', 4, 8);
    const isWrong = !/^[A-Za-z]{4}$/.test(type) || length > MOST_BYTES || (type === 'IEND' && length > 0);
    if (isWrong || isFirst !== (type === 'IHDR')) throw irremovable(`it has no chunk at byte ${bytes.position()}`);
    if (KEPT.has(type)) yield* passChunk(bytes, type, length);
    else if (/^[A-Z]/.test(type)) throw irremovable(`nobody knows its chunk ${type}`);
    else if (type === 'eXIf' && length <= LIMITS.exifBytes) yield* walkExif(bytes, length);
    else yield* eraseChunk(bytes, type, length);
  }
  yield* bytes.erase(Number.POSITIVE_INFINITY, 'trailer', true);
}

const numberBytes = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

function* passChunk(bytes: PassingBytes, type: string, length: number): Walk {
  let actual = 0;
  yield* bytes.pass(4);
  yield* bytes.pass(4 + length, (piece) => {
    actual = crc32(piece, actual);
  });
  const told = yield* bytes.look(CRC_BYTES);
  if (!told.equals(numberBytes(actual))) throw irremovable(`its chunk ${type} has a wrong checksum`);
  yield* bytes.pass(CRC_BYTES);
}

function* walkExif(bytes: PassingBytes, length: number): Walk {
  const whole = yield* bytes.look(8 + length);
  const { bytes: exif, hadGps, fields } = neutralExif(whole.subarray(8));
  bytes.countParts(fields);
  const made = Buffer.concat([isEmpty(exif) ? EMPTY_CHUNK : Buffer.from('eXIf'), exif]);
  yield* bytes.pass(4);
  yield* bytes.replace(
    Buffer.concat([made, numberBytes(crc32(made))]),
    ...((hadGps ? ['exif', 'gps'] : ['exif']) as RemovedMetadata[]),
  );
}

/** Texts are compressed or not, so that the whole chunk goes, whatever it says. */
function* eraseChunk(bytes: PassingBytes, type: string, length: number): Walk {
  const head = yield* bytes.look(8 + Math.min(length, KEYWORD_BYTES));
  const kind = kindOf(type, head.toString('latin1', 8).split('\0')[0] ?? '');
  yield* bytes.pass(4);
  yield* bytes.replace(EMPTY_CHUNK, kind);
  let checksum = crc32(EMPTY_CHUNK);
  for (let left = length; left > 0; left -= ZEROS.length) {
    const zeros = ZEROS.subarray(0, left);
    yield* bytes.erase(zeros.length, kind);
    checksum = crc32(zeros, checksum);
  }
  yield* bytes.replace(numberBytes(checksum), kind);
}

/** ImageMagick and exiftool write EXIF and IPTC as texts of these names. */
const KINDS_OF_TEXTS: readonly [RegExp, RemovedMetadata][] = [
  [/xmp/i, 'xmp'],
  [/^raw profile type (exif|app1)$/i, 'exif'],
  [/^raw profile type (iptc|8bim)$/i, 'iptc'],
];

function kindOf(type: string, keyword: string): RemovedMetadata {
  if (type === 'eXIf') return 'exif';
  if (!/^[tzi]..t$/i.test(type)) return 'other';
  return KINDS_OF_TEXTS.find(([name]) => name.test(keyword))?.[1] ?? 'comment';
}
