import { BEGUN } from './command-costs.ts';
import { type Command, type CommandParameters, sizeAfter, traitsOf } from './commands.ts';
import { costOfDecoding, costOfDrawing } from './format-costs.ts';
import { onlyScales, resizedTo, rounded, type Size } from './geometry.ts';
import type { Original } from './original.ts';

/** The image that a command is applied to. */
export interface CostContext {
  /** Before the command. */
  size: Size;
  /** Whether the image has transparent pixels, or a channel for them. */
  isTransparent?: boolean;
  /** Images that are laid over it, as far as they are known. */
  overlays: Readonly<Record<string, Original>>;
}

/** Nanoseconds for each row and each column. The most, for normalise, were measured on an image of 1 × 16,383 pixels, where they count. */
const FOR_A_LINE = 3100;

/** The cost of a command for each frame, and once for all frames. */
interface CostOfCommand {
  ns: number;
  onceNs: number;
  bytes: number;
  advice: string | undefined;
}

/** The nanoseconds and the bytes of one command, without the pixels before and behind it. */
export function costOfCommand(command: Command, { size, overlays, isTransparent = false }: CostContext): CostOfCommand {
  const { before = 0, whole, after = 0, begun = BEGUN, bytes = 0, moreIfTransparent, advice } = traitsOf(command).cost;
  const more = isTransparent && moreIfTransparent ? moreIfTransparent : { before: 0, bytes: 0 };
  const result = pixels(command.operation === 'resize' ? scaledSize(command, size) : sizeAfter(command, size));
  const overlay = overlayOf(command, size, overlays);
  const lines = FOR_A_LINE * (size.width + size.height);
  const ns = begun + lines + (before + more.before) * pixels(size) + (whole?.(size) ?? 0) + after * result;
  return { ns, onceNs: overlay.ns, bytes: (bytes + more.bytes) * result + overlay.bytes, advice };
}

const pixels = ({ width, height }: Size): number => width * height;

const scaledSize = (options: CommandParameters['resize'], size: Size): Size =>
  onlyScales(options) ? resizedTo(size, options).result : resizedTo(size, options).scaled;

/** The cost of drawing, turning, scaling and veiling text for each pixel: each step holds what the step before has made. */
const TEXT = { ns: 160, bytes: 5 };

/** Nanoseconds to lay out the longest text twice, however small it is drawn: 7 ms were measured. */
const LAID_OUT = 7e6;

/** The cost of scaling and veiling an image for each pixel; its decode is counted by its format. */
const SCALING = { ns: 45, bytes: 4 };

/** The cost of drawing an overlay, which is drawn once, whatever the number of frames. */
function overlayOf(command: Command, size: Size, overlays: CostContext['overlays']): { ns: number; bytes: number } {
  if (command.operation === 'watermarkText') {
    const covered = Math.min(pixels(size), textPixels(command, size));
    return { ns: LAID_OUT + TEXT.ns * covered, bytes: TEXT.bytes * covered };
  }
  const original = command.operation === 'watermark' ? overlays[command.imageId] : undefined;
  if (command.operation !== 'watermark' || !original) return { ns: 0, bytes: 0 };
  const share = command.scale === undefined ? Math.min(pixels(size), pixels(original)) : pixels(size) * command.scale;
  const decoding = costOfDecoding(original);
  const drawing = costOfDrawing(original, laidOver(original, command.scale, size));
  return {
    ns: SCALING.ns * (pixels(original) + share) + decoding.ns * pixels(original) + drawing.ns,
    bytes: SCALING.bytes * share + decoding.bytes * pixels(original) + drawing.bytes,
  };
}

/** The size of an image that is laid over: its own or as wide as asked, and never larger than the image below. */
function laidOver(own: Size, scale: number | undefined, size: Size): Size {
  const across = scale === undefined ? Math.min(1, size.width / own.width) : (size.width * scale) / own.width;
  const factor = Math.min(across, size.height / own.height);
  return rounded({ width: own.width * factor, height: own.height * factor });
}

/** The box of a text: no character is wider than one and a half of its font's size, and none higher with its line. */
function textPixels({ text, fontSize, scale }: CommandParameters['watermarkText'], size: Size): number {
  if (scale !== undefined) return pixels(size) * Math.min(1, scale);
  const lines = text.split('\n').length;
  const box = { width: 1.5 * fontSize * text.length, height: 1.5 * fontSize * lines };
  // A text that is turned lies in a square at most.
  return Math.max(pixels(box), Math.min(pixels(size), Math.max(box.width, box.height) ** 2));
}
