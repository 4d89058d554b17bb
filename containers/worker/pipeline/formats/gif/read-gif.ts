import {
  APPLICATION,
  CONTROL,
  EXTENSION,
  enlarge,
  type FrameArea,
  IMAGE,
  readFrameArea,
  tableBytes,
} from '../../../../../shared/domain/formats/gif-blocks.ts';

/** The indexes of a frame, compressed. */
export interface GifData {
  codeSize: number;
  /** Out of their blocks. */
  data: Buffer;
}

/** A frame as a GIF has it (GIF89a specification, 20 to 23). */
export interface GifFrame extends FrameArea, GifData {
  /** Three bytes for each colour. */
  colours: Buffer;
  /** The index of transparent pixels. */
  transparent?: number | undefined;
  /** The disposal before the next frame: 2 clears the area of this frame; 3, for which old encoders wrote 4, restores what was there before. */
  disposal: number;
  /** Milliseconds. */
  delay: number;
}

export interface GifFile {
  width: number;
  height: number;
  frames: GifFrame[];
  /** How often it is shown; 0: for ever. */
  loop: number;
  /** Whether the file ends within a block, and whether that is one of its last frame. */
  isCut: boolean;
  isLastFrameCut: boolean;
}

/** Reads blocks of a length and as many bytes, up to one of none or the end of the file. */
function readBlocks(bytes: Buffer, from: number): { data: Buffer; end: number; isCut: boolean } {
  let [end, total] = [from, 0];
  for (let length = bytes[end]; length; length = bytes[end]) {
    end += 1 + length;
    total += length;
  }
  const isCut = end >= bytes.length;
  // Blocks may be of a byte each: there is no object for any of them.
  const data = Buffer.allocUnsafe(total);
  let used = 0;
  for (let at = from; at < end; at += 1 + (bytes[at] as number))
    used += bytes.copy(data, used, at + 1, at + 1 + (bytes[at] as number));
  return { data: data.subarray(0, used), end: end + 1, isCut };
}

type Control = Pick<GifFrame, 'disposal' | 'delay' | 'transparent'>;
const NO_CONTROL: Control = { disposal: 0, delay: 0 };

const controlOf = (data: Buffer): Control => {
  const flags = data[0] ?? 0;
  const hundredths = data.length >= 3 ? data.readUInt16LE(1) : 0;
  return {
    disposal: (flags >> 2) & 7,
    delay: 10 * hundredths,
    transparent: flags & 1 ? data[3] : undefined,
  };
};

/** How often NETSCAPE's extension has an animation repeated. */
const loopOf = (data: Buffer): number | undefined =>
  /^(NETSCAPE|ANIMEXTS)/.test(data.toString('latin1', 0, 8)) && data[11] === 1 && data.length >= 14
    ? data.readUInt16LE(12)
    : undefined;

function frameAt(
  bytes: Buffer,
  at: number,
  control: Control,
  shared: Buffer,
): { frame: GifFrame; end: number; isCut: boolean } | undefined {
  const flags = bytes[at + 9] ?? 0;
  const begin = at + 10 + tableBytes(flags);
  if (begin >= bytes.length) return undefined;
  const { data, end, isCut } = readBlocks(bytes, begin + 1);
  const frame = {
    ...readFrameArea(bytes, at),
    colours: flags & 0x80 ? bytes.subarray(at + 10, begin) : shared,
    codeSize: bytes[begin] ?? 0,
    data,
    ...control,
  };
  return { frame, end, isCut };
}

/** Reads a GIF whose blocks have been counted. */
export function readGif(bytes: Buffer): GifFile {
  const flags = bytes[10] ?? 0;
  const shared = bytes.subarray(13, 13 + tableBytes(flags));
  const file: GifFile = {
    width: bytes.readUInt16LE(6),
    height: bytes.readUInt16LE(8),
    frames: [],
    loop: 1,
    isCut: false,
    isLastFrameCut: false,
  };
  let control = NO_CONTROL;
  for (let at = 13 + tableBytes(flags); at < bytes.length; ) {
    if (bytes[at] === IMAGE) {
      const found = frameAt(bytes, at, control, shared);
      if (!found) return { ...file, isCut: true };
      file.frames.push(found.frame);
      if (file.frames.length === 1) enlarge(file, found.frame);
      file.isCut = found.isCut;
      file.isLastFrameCut = found.isCut;
      control = NO_CONTROL;
      at = found.end;
    } else if (bytes[at] === EXTENSION) {
      const { data, end, isCut } = readBlocks(bytes, at + 2);
      if (bytes[at + 1] === CONTROL) control = controlOf(data);
      if (bytes[at + 1] === APPLICATION) {
        const repeats = loopOf(data);
        if (repeats !== undefined) file.loop = repeats === 0 ? 0 : repeats + 1;
      }
      file.isCut = isCut;
      at = end;
    } else return file;
  }
  return file;
}
