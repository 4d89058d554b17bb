import { APPLICATION, CONTROL, EXTENSION, IMAGE, readFrameArea, tableBytes } from '../../domain/formats/gif-blocks.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { openCodeReader } from './gif-codes.ts';
import { endsEarly, irremovable } from './irremovable.ts';
import type { PassingBytes, Walk } from './passing-bytes.ts';

/** Bytes before the first block, without the colour table: signature and screen (GIF89a specification, 17 and 18). */
const SCREEN_BYTES = 13;
const FRAME_BYTES = 10;
const TRAILER = 0x3b;

/** The label of a comment (GIF89a specification, 24). */
const COMMENT_LABEL = 0xfe;

const NAME_BYTES = 11;
/** How often an animation is played, in three bytes, and a colour profile. */
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];
const LOOP_BYTES = 3;
const PROFILE = 'ICCRGBG1012';

/**
 * Goes along a GIF. Frames, their timing, the number of plays and a colour profile stay; comments, texts and other extensions, such as XMP,
 * become zeros, and so does what follows the pixels of a frame or the end of the file.
 */
export function* walkGif(bytes: PassingBytes): Walk {
  const screen = yield* bytes.look(SCREEN_BYTES);
  yield* bytes.pass(SCREEN_BYTES + tableBytes(screen[10] ?? 0));
  for (;;) {
    const [kind, label = 0] = yield* bytes.look(2);
    if (kind === undefined) throw endsEarly();
    if (kind === TRAILER) break;
    if (kind === IMAGE) yield* walkFrame(bytes);
    else if (kind === EXTENSION) yield* walkExtension(bytes, label);
    else throw irremovable(`it has no block at byte ${bytes.position()}`);
  }
  yield* bytes.pass(1);
  yield* bytes.erase(Number.POSITIVE_INFINITY, 'trailer', true);
}

/** Passes a frame on. A block of a wrong length would swallow what follows, so that its codes are followed. */
function* walkFrame(bytes: PassingBytes): Walk {
  const head = yield* bytes.look(FRAME_BYTES);
  if (head.length < FRAME_BYTES) throw endsEarly();
  const { width, height } = readFrameArea(head, 0);
  yield* bytes.pass(FRAME_BYTES + tableBytes(head[9] ?? 0));
  const [codeSize = 0] = yield* bytes.look(1);
  if (codeSize < 1 || codeSize > 11) throw irremovable('a frame has codes of an unknown size');
  yield* bytes.pass(1);
  const codes = openCodeReader(codeSize, width * height);
  for (;;) {
    const block = yield* lookAtBlock(bytes);
    const own = codes.take(block.subarray(1));
    if (own === undefined) throw irremovable('the pixels of a frame are damaged');
    yield* bytes.pass(1 + own);
    yield* bytes.erase(block.length - 1 - own, 'other');
    if (block.length === 1) break;
  }
  if (!codes.isComplete()) throw irremovable('a frame has fewer pixels than it says');
}

/** A block of data with its length before it; the last one has none. */
function* lookAtBlock(bytes: PassingBytes): Walk<Buffer> {
  const [length = 0] = yield* bytes.look(1);
  const block = yield* bytes.look(1 + length);
  if (block.length < 1 + length) throw endsEarly();
  return block;
}

function* walkExtension(bytes: PassingBytes, label: number): Walk {
  const head = yield* bytes.look(3 + NAME_BYTES);
  const name = head.toString('latin1', 3);
  const isNamed = label === APPLICATION && head[2] === NAME_BYTES;
  if (label === CONTROL && head[2] === 4) {
    yield* bytes.pass(2);
    yield* passBlocks(bytes, 1, 4);
  } else if (isNamed && LOOPS.includes(name)) {
    yield* bytes.pass(3 + NAME_BYTES);
    yield* passBlocks(bytes, 1, LOOP_BYTES);
  } else if (isNamed && name === PROFILE) {
    yield* bytes.pass(3 + NAME_BYTES);
    yield* passProfile(bytes);
  } else {
    const kind: RemovedMetadata = label === COMMENT_LABEL ? 'comment' : name.startsWith('XMP') ? 'xmp' : 'other';
    yield* bytes.pass(2);
    // Names have a block too.
    yield* eraseBlocks(bytes, kind);
  }
}

/** Passes so many blocks on that have no more than `most` bytes, and erases the others. */
function* passBlocks(bytes: PassingBytes, count: number, most: number): Walk {
  for (let left = count; left > 0; left -= 1) {
    const block = yield* lookAtBlock(bytes);
    if (block.length === 1) break;
    if (block.length - 1 > most) return yield* eraseBlocks(bytes, 'other');
    yield* bytes.pass(block.length);
  }
  yield* eraseBlocks(bytes, 'other');
}

/** A profile stays, but nothing behind it: its first four bytes are its length (ICC.1:2022, 7.2). */
function* passProfile(bytes: PassingBytes): Walk {
  const first = yield* lookAtBlock(bytes);
  let left = first.toString('latin1', 37, 41) === 'acsp' ? first.readUInt32BE(1) : 0;
  for (;;) {
    const { length } = yield* lookAtBlock(bytes);
    if (length === 1 || left === 0) return yield* eraseBlocks(bytes, 'other');
    const own = Math.min(left, length - 1);
    yield* bytes.pass(1 + own);
    yield* bytes.erase(length - 1 - own, 'other');
    left -= own;
  }
}

/**
 * Replaces blocks up to the one without data by others that take as many bytes. Of XMP their lengths are letters of its text, because it is not
 * written in blocks (XMP, part 3, 1.1.2), so that they go too.
 */
function* eraseBlocks(bytes: PassingBytes, kind: RemovedMetadata): Walk {
  for (;;) {
    const { length } = yield* lookAtBlock(bytes);
    if (length > 1) yield* bytes.replace(emptyBlocks(length), kind);
    else return yield* bytes.pass(1);
  }
}

/** Blocks of one zero each; the first has two if that is needed to make the length. */
function emptyBlocks(length: number): Buffer {
  const blocks = Buffer.alloc(length);
  for (let at = length % 2 === 0 ? 0 : 3; at < length; at += 2) blocks[at] = 1;
  if (length % 2 === 1) blocks[0] = 2;
  return blocks;
}
