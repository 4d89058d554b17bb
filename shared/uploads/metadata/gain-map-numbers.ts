/** Flags: three channels instead of one; the colour space of the picture; and, of libultrahdr, the direction and one denominator for all. */
const THREE_CHANNELS = 0x80;
const BASE_COLOURS = 0x40;
const BACKWARD = 0x04;
const COMMON_DENOMINATOR = 0x08;
const FLAGS = THREE_CHANNELS | BASE_COLOURS | BACKWARD | COMMON_DENOMINATOR;

const VERSION_BYTES = 4;
const FLAGS_AT = VERSION_BYTES;
const NUMBERS_AT = FLAGS_AT + 1;

/** How bright the picture and its alternative are, in stops. */
const HEADROOMS = ['positive', 'positive'] as const;
/** Least and largest gain in stops, gamma, and the offsets of the picture and its alternative. */
const OF_CHANNEL = ['signed', 'signed', 'positive', 'signed', 'signed'] as const;

/** Far more than any display can show: 2 to the power of this. */
const MOST = 64;

/**
 * Whether these are the numbers of ISO 21496-1, version 0, by which a reader makes a picture brighter with the one behind it, and nothing else: a first
 * picture has the version only. As libultrahdr and Skia write them, which both read nothing else
 * (https://github.com/google/skia/blob/main/src/codec/SkGainmapInfo.cpp, read on 2026-11-30).
 */
export function isGainMapNumbers(block: Buffer): boolean {
  if (block.length < VERSION_BYTES || block.readUInt32BE(0) !== 0) return false;
  if (block.length === VERSION_BYTES) return true;
  const flags = block.readUInt8(FLAGS_AT);
  if ((flags & ~FLAGS) !== 0) return false;
  const channels = flags & THREE_CHANNELS ? 3 : 1;
  const kinds = [...HEADROOMS, ...Array.from({ length: channels }, () => OF_CHANNEL).flat()];
  const isCommon = (flags & COMMON_DENOMINATOR) !== 0;
  const [firstAt, step] = isCommon ? [NUMBERS_AT + 4, 4] : [NUMBERS_AT, 8];
  if (block.length !== firstAt + step * kinds.length) return false;
  return kinds.every((kind, place) => {
    const at = firstAt + step * place;
    const numerator = kind === 'signed' ? block.readInt32BE(at) : block.readUInt32BE(at);
    const denominator = block.readUInt32BE(isCommon ? NUMBERS_AT : at + 4);
    return denominator > 0 && Math.abs(numerator / denominator) <= MOST;
  });
}
