import {
  CONTROL,
  EXTENSION,
  enlarge,
  type FrameArea,
  IMAGE,
  readFrameArea,
  tableBytes,
} from '../../../../../shared/domain/formats/gif-blocks.ts';
import type { Size } from '../../../../../shared/domain/geometry.ts';
import { checkHiddenPixels } from '../../../../../shared/domain/input-pixels.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import type { FileWindow } from '../file-window.ts';
import { openPartCounter } from '../part-counter.ts';
import { hiddenPixels, missingRows } from './gif-rows.ts';
import type { GifData } from './read-gif.ts';

/** Facts that the blocks of a GIF show. */
export interface GifFacts {
  /** Where the blocks would end if that is after the end of the file: decoders leave out frames that are cut without a warning. */
  end?: number;
  /**
   * Whether browsers show nothing where libvips shows a colour: beside a first frame that is smaller than the screen, where a frame is
   * cleared before the next, if no frame, or not that one, has a transparent index, and where a frame has no data. Or whether libvips does not
   * believe how large it is.
   */
  isOdd: boolean;
  /** Pixels of all frames that are decoded on the way to others, and lie beside the screen. */
  hiddenPixels: number;
}

/** Screens that libnsgif takes for those of the computers on which a GIF was made, so that frames tell how large it is. */
const DOUBTED = ['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200'];
const MOST_BELIEVED = 2048;

function isDoubted({ width, height }: Size): boolean {
  const isNone = width === 0 || height === 0;
  return isNone || DOUBTED.includes(`${width}x${height}`) || Math.max(width, height) > MOST_BELIEVED;
}

/** Looks in frames, one by one, for things that libvips would show differently from browsers. */
function openFrames(screen: Size) {
  let [isTransparent, disposal, frames, hidden] = [false, 0, 0, 0];
  let [hasTransparency, isSmall, isCleared, mayBeCleared, isShort, mayShrink] = [
    false,
    false,
    false,
    false,
    false,
    false,
  ];
  const isOdd = () => isCleared || (isSmall && !hasTransparency) || isShort || mayShrink;
  return {
    control(flags: number): void {
      isTransparent = (flags & 1) !== 0;
      disposal = (flags >> 2) & 7;
    },
    /** Returns whether its data must be looked at to know what is shown. */
    image(place: FrameArea): boolean {
      isCleared ||= mayBeCleared;
      mayBeCleared = disposal >= 2 && !isTransparent;
      hasTransparency ||= isTransparent;
      if (frames === 0) {
        isSmall = place.left > 0 || place.top > 0 || place.width < screen.width || place.height < screen.height;
        mayShrink = isSmall && isDoubted(screen);
        enlarge(screen, place);
      }
      hidden += hiddenPixels(place, screen);
      frames += 1;
      [isTransparent, disposal] = [false, 0];
      return !isOdd() && frames <= LIMITS.animationFrames;
    },
    data(frame: FrameArea & GifData): void {
      isShort = missingRows(frame, screen) > 0;
    },
    facts: (): GifFacts => ({ isOdd: isOdd(), hiddenPixels: hidden }),
  };
}

/** Goes along chains of sub-blocks, each of which ends with one of no bytes, and keeps what is in the last one that was to be kept. */
function openChains(window: FileWindow) {
  const { fileSize } = window;
  const countBlock = openPartCounter('gifBlocks');
  // The system gives memory for what is written there only.
  const kept = Buffer.allocUnsafe(mayBeComposed(fileSize) ? fileSize : 0);
  let used = 0;
  return {
    kept: () => kept.subarray(0, used),
    /** The offset behind a chain. */
    async behind(from: number, isKept: boolean): Promise<number> {
      let at = from;
      used = 0;
      for (let length = -1; length !== 0 && at < fileSize; ) {
        // Not awaited for each of millions.
        if (!window.holds(at, 1)) await window.load(at);
        length = window.byte(at);
        countBlock();
        if (isKept) {
          if (!window.holds(at + 1, length)) await window.load(at + 1);
          used += window.held(at + 1, length).copy(kept, used);
        }
        at += length + 1;
        if (length > 0 && at >= fileSize) return at + 1;
      }
      // A block that would begin where the file ends is missing, so the file is cut.
      return from === at ? at + 1 : at;
    },
  };
}

/** Whether a file is small enough to be composed, for which it is held as a whole. */
export const mayBeComposed = (fileSize: number): boolean => fileSize <= LIMITS.composedGifBytes;

const HEAD_BYTES = 13;

/**
 * Goes along the blocks of a GIF (GIF89a specification, appendix C). A file that ends between two blocks lacks its trailer only, as many do;
 * what follows the trailer is nobody's. Refuses one of more parts, blocks or hidden pixels than LIMITS.
 */
export async function walkGif(window: FileWindow): Promise<GifFacts> {
  const { fileSize } = window;
  const countPart = openPartCounter('gifParts');
  const chains = openChains(window);
  // Signature and screen, with nothing for what is not there, then a table of colours if the screen's flags say so.
  const head = Buffer.concat([await window.copy(0, HEAD_BYTES)], HEAD_BYTES);
  const frames = openFrames({ width: head.readUInt16LE(6), height: head.readUInt16LE(8) });
  let at = HEAD_BYTES + tableBytes(head[10] ?? 0);
  while (at < fileSize) {
    const part = await window.bytes(at, 10);
    const [kind, label, , flags = 0] = part;
    if (kind !== EXTENSION && kind !== IMAGE) break;
    countPart();
    if (kind === EXTENSION && label === CONTROL) frames.control(flags);
    if (kind === IMAGE && part.length === 10) at = await behindFrame(at, readFrameArea(part, 0), part[9] ?? 0);
    else at = await chains.behind(kind === EXTENSION ? at + 2 : at + 11, false);
  }
  const facts = frames.facts();
  checkHiddenPixels(facts.hiddenPixels);
  return { ...facts, ...(at > fileSize && { end: at }) };

  async function behindFrame(from: number, place: FrameArea, imageFlags: number): Promise<number> {
    const begin = from + 10 + tableBytes(imageFlags);
    const isKept = frames.image(place) && mayBeComposed(fileSize);
    const [codeSize = 0] = isKept ? await window.bytes(begin, 1) : [];
    const end = await chains.behind(begin + 1, isKept);
    if (isKept) frames.data({ ...place, codeSize, data: chains.kept() });
    return end;
  }
}
