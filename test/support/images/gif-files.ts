/** The description of a frame in a GIF: one index into the colour table for each pixel. */
export interface GifFrameOf {
  left: number;
  top: number;
  width: number;
  height: number;
  indexes: number[];
  disposal?: number;
  transparent?: number | undefined;
  /** Hundredths of a second. */
  delay?: number;
  isInterlaced?: boolean;
  /** How many of the indexes are in the file, before the code that ends them; all if absent. */
  stored?: number;
}

/** Colours of all GIFs here: eight, so that codes have three bits and the clear code comes often. */
export const GIF_COLOURS: readonly (readonly [number, number, number])[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
  [0, 0, 0],
  [255, 255, 255],
  [0, 255, 255],
  [255, 0, 255],
];
const CODE_SIZE = 3;

const word = (value: number): number[] => [value & 255, value >> 8];

/** Encodes literals only, with clear codes before the codes would grow. */
function packed(indexes: readonly number[]): number[] {
  const codes = indexes.flatMap((index, at) => (at % 5 === 0 ? [1 << CODE_SIZE, index] : [index]));
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const code of [...codes, (1 << CODE_SIZE) + 1]) {
    bits |= code << held;
    held += CODE_SIZE + 1;
    for (; held >= 8; held -= 8) {
      bytes.push(bits & 255);
      bits >>>= 8;
    }
  }
  return held > 0 ? [...bytes, bits] : bytes;
}

const blocksOf = (bytes: readonly number[]): number[] => [
  ...Array.from({ length: Math.ceil(bytes.length / 255) }, (_, block) =>
    bytes.slice(255 * block, 255 * block + 255),
  ).flatMap((block) => [block.length, ...block]),
  0,
];

/** The order in which rows of an interlaced frame are stored. */
const interlaced = (height: number): number[] =>
  (
    [
      [0, 8],
      [4, 8],
      [2, 4],
      [1, 2],
    ] as const
  ).flatMap(([from, step]) => Array.from({ length: height }, (_, row) => row).filter((row) => row % step === from));

function frameBytes(frame: GifFrameOf): number[] {
  const { left, top, width, height, indexes, disposal = 0, transparent, delay = 10, isInterlaced = false } = frame;
  const { stored: count = indexes.length } = frame;
  const rows = isInterlaced ? interlaced(height) : Array.from({ length: height }, (_, row) => row);
  const stored = rows.flatMap((row) => indexes.slice(row * width, (row + 1) * width));
  const flags = (disposal << 2) | (transparent === undefined ? 0 : 1);
  return [
    ...[0x21, 0xf9, 4, flags, ...word(delay), transparent ?? 0, 0],
    ...[0x2c, ...word(left), ...word(top), ...word(width), ...word(height), isInterlaced ? 0x40 : 0],
    ...[CODE_SIZE, ...blocksOf(packed(stored.slice(0, count)))],
  ];
}

/** A GIF of these frames. `ends` are the offsets at which they end. */
export function gifFrom(
  [width, height]: [number, number],
  frames: readonly GifFrameOf[],
  { loop, background = 0 }: { loop?: number; background?: number } = {},
): { gif: Buffer; ends: number[] } {
  const bytes = [...Buffer.from('GIF89a'), ...word(width), ...word(height), 0x80 | (CODE_SIZE - 1), background, 0];
  bytes.push(...GIF_COLOURS.flat());
  if (loop !== undefined) bytes.push(0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, ...word(loop), 0);
  const ends = frames.map((frame) => bytes.push(...frameBytes(frame)));
  return { gif: Buffer.from([...bytes, 0x3b]), ends };
}

/** A frame of one colour. */
export const plainFrame = (
  [left, top, width, height]: readonly [number, number, number, number],
  colour: number,
  more: Partial<GifFrameOf> = {},
): GifFrameOf => ({ left, top, width, height, indexes: Array<number>(width * height).fill(colour), ...more });

/**
 * The frames as browsers show them, index by index, undefined where nothing is drawn. When this was written, it was compared with the
 * frames of Chromium's ImageDecoder, pixel by pixel.
 */
export function shownFrames(
  [width, height]: [number, number],
  frames: readonly GifFrameOf[],
): (number | undefined)[][] {
  let canvas = Array<number | undefined>(width * height).fill(undefined);
  return frames.map((frame) => {
    const before = [...canvas];
    const places = frame.indexes.map((index, at) => {
      const [x, y] = [frame.left + (at % frame.width), frame.top + Math.floor(at / frame.width)];
      return { index, at: x < width && y < height ? y * width + x : -1 };
    });
    for (const { index, at } of places) if (at >= 0 && index !== frame.transparent) canvas[at] = index;
    const shown = [...canvas];
    if (frame.disposal === 2) for (const { at } of places) if (at >= 0) canvas[at] = undefined;
    if (frame.disposal === 3 || frame.disposal === 4) canvas = before;
    return shown;
  });
}
