import type { FileWindow } from './file-window.ts';
import { openTally } from './tally.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;

const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/** Of a graphic control extension (GIF89a specification, 23). */
const CONTROL = 0xf9;

/** What the blocks of a GIF show. */
export interface GifFacts {
  /** Where they go on behind the end of the file, if they do: decoders leave out the frames that are cut and say nothing. */
  end?: number;
  /**
   * Whether browsers show nothing where libvips shows a colour: beside a first frame that is smaller than the screen, and where a frame is
   * cleared before the next, if no frame, or not that one, has a transparent index. Or whether libvips does not believe how large it is.
   */
  isOdd: boolean;
}

/** Screens that libnsgif takes for those of the computers on which a GIF was made, so that frames tell how large it is. */
const DOUBTED = ['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200'];
const MOST_BELIEVED = 2048;

function isDoubted(screen: Buffer): boolean {
  const [width, height] = [screen.readUInt16LE(0), screen.readUInt16LE(2)];
  const isNone = width === 0 || height === 0;
  return isNone || DOUBTED.includes(`${width}x${height}`) || Math.max(width, height) > MOST_BELIEVED;
}

/** Looks at frames one by one for what libvips would show otherwise. */
function openFrames() {
  let [isTransparent, disposal, frames] = [false, 0, 0];
  let [hasTransparency, isSmall, isCleared, mayBeCleared, mayShrink] = [false, false, false, false, false];
  return {
    control(flags: number): void {
      isTransparent = (flags & 1) !== 0;
      disposal = (flags >> 2) & 7;
    },
    image(place: Buffer, screen: Buffer): void {
      isCleared ||= mayBeCleared;
      mayBeCleared = disposal >= 2 && !isTransparent;
      hasTransparency ||= isTransparent;
      const isWhole = [0, 2].every(
        (side) => place.readUInt16LE(side) === 0 && place.readUInt16LE(4 + side) >= screen.readUInt16LE(side),
      );
      if (frames === 0) [isSmall, mayShrink] = [!isWhole, !isWhole && isDoubted(screen)];
      frames += 1;
      [isTransparent, disposal] = [false, 0];
    },
    isOdd: () => isCleared || mayShrink || (isSmall && !hasTransparency),
  };
}

/**
 * Goes along the blocks of a GIF (GIF89a specification, appendix C). A file that ends between two blocks lacks its trailer only, as many do;
 * what follows the trailer is nobody's. Refuses one of more parts or blocks than LIMITS.
 */
export async function walkGif(window: FileWindow): Promise<GifFacts> {
  const { fileSize } = window;
  const countPart = openTally('gifParts');
  const countBlock = openTally('gifBlocks');
  const frames = openFrames();
  const byteAt = async (at: number): Promise<number> => (await window.bytes(at, 1))[0] ?? 0;
  /** The offset behind a chain of sub-blocks, which ends with one of no bytes. */
  const behindChain = async (from: number): Promise<number> => {
    let at = from;
    for (let length = -1; length !== 0 && at < fileSize; ) {
      // Not awaited for each of millions.
      if (!window.holds(at, 1)) await window.load(at);
      length = window.byte(at);
      countBlock();
      at += length + 1;
      if (length > 0 && at >= fileSize) return at + 1;
    }
    // One that would begin where the file ends is cut.
    return from === at ? at + 1 : at;
  };
  const screen = await window.copy(6, 4);
  // Signature and screen, then a table of colours if the screen's flags say so.
  let at = 13 + tableBytes(await byteAt(10));
  while (at < fileSize) {
    const head = await window.bytes(at, 10);
    const [kind, label, , flags] = head;
    if (kind !== EXTENSION && kind !== IMAGE) return { isOdd: frames.isOdd() };
    countPart();
    if (kind === EXTENSION && label === CONTROL) frames.control(flags ?? 0);
    if (kind === IMAGE && head.length === 10) frames.image(head.subarray(1), screen);
    at = await behindChain(kind === EXTENSION ? at + 2 : at + 11 + tableBytes(head[9] ?? 0));
  }
  return { isOdd: frames.isOdd(), ...(at > fileSize && { end: at }) };
}
