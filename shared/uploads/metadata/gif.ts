import { APPLICATION, CONTROL, EXTENSION, IMAGE, readFrameArea, tableBytes } from '../../domain/formats/gif-blocks.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { codeTable, openCodeReader } from './gif-codes.ts';
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
  const table = codeTable();
  for (;;) {
    const [kind, label = 0] = yield* bytes.look(2);
    if (kind === undefined) throw endsEarly();
    if (kind === TRAILER) break;
    bytes.countParts();
    if (kind === IMAGE) yield* walkFrame(bytes, table);
    else if (kind === EXTENSION) yield* walkExtension(bytes, label);
    else throw irremovable(`it has no block at byte ${bytes.position()}`);
  }
  yield* bytes.pass(1);
  yield* bytes.erase(Number.POSITIVE_INFINITY, 'trailer', true);
}

/** Passes a frame on. A block of a wrong length would swallow what follows, so that its codes are followed. */
function* walkFrame(bytes: PassingBytes, table: Uint32Array): Walk {
  const head = yield* bytes.look(FRAME_BYTES);
  if (head.length < FRAME_BYTES) throw endsEarly();
  const { width, height } = readFrameArea(head, 0);
  yield* bytes.pass(FRAME_BYTES + tableBytes(head[9] ?? 0));
  const [codeSize = 0] = yield* bytes.look(1);
  if (codeSize < 1 || codeSize > 11) throw irremovable('a frame has codes of an unknown size');
  yield* bytes.pass(1);
  const codes = openCodeReader(table, codeSize, width * height);
  yield* editBlocks(bytes, 'other', (made, start, end) => {
    const own = codes.take(made, start + 1, end);
    if (own === undefined) throw irremovable('the pixels of a frame are damaged');
    made.fill(0, own, end);
  });
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
  let left: number | undefined;
  yield* editBlocks(bytes, 'other', (made, start, end) => {
    const data = made.subarray(start + 1, end);
    left ??= data.toString('latin1', 36, 40) === 'acsp' ? data.readUInt32BE(0) : 0;
    if (left === 0) return emptyBlock(made, start, end);
    data.fill(0, left);
    left -= Math.min(left, data.length);
  });
}

/**
 * Replaces blocks up to the one without data by others that take as many bytes. Of XMP their lengths are letters of its text, because it is not
 * written in blocks (XMP, part 3, 1.1.2), so that they go too.
 */
const eraseBlocks = (bytes: PassingBytes, kind: RemovedMetadata): Walk => editBlocks(bytes, kind, emptyBlock);

/** Makes blocks of one zero each of a block; the first has two if that is needed to make the length. */
function emptyBlock(made: Buffer, start: number, end: number): void {
  made.fill(0, start, end);
  const isOdd = (end - start) % 2 === 1;
  if (isOdd) made[start] = 2;
  for (let at = isOdd ? start + 3 : start; at < end; at += 2) made[at] = 1;
}

/** Changes a block, which is from its length on at `start` to `end`. */
type EditBlock = (made: Buffer, start: number, end: number) => void;

/** Goes along blocks of data up to the end of the one without data, as many at a time as are there. */
function* editBlocks(bytes: PassingBytes, kind: RemovedMetadata, edit: EditBlock): Walk {
  for (;;) {
    const made = Buffer.from(yield* lookAtBlocks(bytes));
    let length = 0;
    for (let at = 0; at < made.length; at += 1 + length) {
      length = made[at] ?? 0;
      if (length > 0) edit(made, at, at + 1 + length);
    }
    yield* bytes.replace(made, kind);
    if (length === 0) return;
  }
}

/** The whole blocks that are there, at least one, and none behind the one without data. */
function* lookAtBlocks(bytes: PassingBytes): Walk<Buffer> {
  const there = yield* bytes.some();
  let end = 0;
  for (let length = 1; length > 0; end += 1 + length) {
    length = there[end] ?? 0;
    if (end + 1 + length > there.length) break;
  }
  return end > 0 ? there.subarray(0, end) : yield* lookAtBlock(bytes);
}
