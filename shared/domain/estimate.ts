import { costOfCommand } from './command-estimate.ts';
import { type Command, leavesUnknownSize, type Output, type Pipeline, traitsOf } from './commands.ts';
import {
  type Cost,
  costOfDecoding,
  costOfDrawing,
  costOfEncoding,
  type Encoding,
  effortFor,
  isPalette,
} from './format-costs.ts';
import type { OutputFormat } from './formats/image-format.ts';
import type { Size } from './geometry.ts';
import type { Original } from './original.ts';
import { openingOf, opensTransparency, type Pass, planRendition, sizeBehind, withoutOpening } from './plan.ts';

/** A step of a rendition: the nanoseconds that it takes, and the bytes that are held meanwhile. */
export interface Step extends Cost {
  /** Completes the sentence "9 s are for …". */
  what: string;
  /** Something that would be cheaper. */
  advice?: string | undefined;
}

/** The most that a rendition takes on a core like that of the measurements: processor time, and peak memory. */
export interface Estimate {
  seconds: number;
  bytes: number;
  steps: Step[];
}

export interface Work extends Pipeline {
  original: Original;
  /** The images of watermarks, by id. An image that is missing here costs nothing in the estimate. */
  overlays?: Readonly<Record<string, Original>>;
  /** The sizes after the first trims, as far as known. The content decides them, so a trim is taken to remove nothing until its size is known. */
  trimmedTo?: readonly Size[];
}

/** The memory of a process without an image: 75 MiB were measured, and 55 are for what a pipeline buffers. */
export const EMPTY_PROCESS_BYTES = 130 * 1024 ** 2;

/** Transparent pixels have one channel more than the opaque ones that were measured. */
const TRANSPARENT = 4 / 3;

/** Nanoseconds to write a pixel to memory between two passes and to read it again. */
const BETWEEN_PASSES = 12;

/** `maxBytes` halves the range of quality until it is met. */
const MOST_ENCODINGS = 8;

/** How often an output is encoded at most. */
export const encodings = ({ maxBytes }: Pick<Output, 'maxBytes'>): number =>
  maxBytes === undefined ? 1 : MOST_ENCODINGS;

/** Whether the encoder begins with pixels that were written down, which it may be given more than once. */
export const isWrittenDown = (
  { format, maxBytes, metadata }: Output,
  { carriesCopyright = false }: Pick<Original, 'carriesCopyright'>,
): boolean => format === 'auto' || maxBytes !== undefined || metadata === 'keep' || carriesCopyright;

const pixelsOf = ({ width, height }: Size): number => width * height;

/** The facts that are the same for all steps of one rendition. */
interface Facts {
  channels: number;
  /** The number of frames if the result is animated; otherwise 1. */
  frames: number;
}

/** The state of a rendition between two steps: the size of the image, and the bytes that are held for it. */
interface Point {
  size: Size;
  held: number;
}

/** Estimates a rendition. The function is pure and can be called wherever the size of an image is known; the worker calls it before it decodes. */
export function estimate(work: Work): Estimate {
  const { original, commands, output, trimmedTo = [] } = work;
  const channels = original.hasAlpha || commands.some(opensTransparency) ? 4 : 3;
  const facts = { channels, frames: original.frames ?? 1 };
  const decoding = decodingStep(original, facts);
  const steps = [decoding];
  let point: Point = { size: original, held: decoding.bytes };
  const passes = planRendition(work, original).flatMap((pass) => turnedFirst(pass, original));
  const trimmed = [...trimmedTo];
  for (const pass of passes) {
    const isStreamed = pass === passes.at(-1) && facts.frames === 1 && !isWrittenDown(output, original);
    const done = passSteps(pass, point, { ...work, ...facts, isStreamed });
    steps.push(...done.steps);
    const isTrimmed = pass.commands.some(leavesUnknownSize);
    point = { ...done.after, size: (isTrimmed && trimmed.shift()) || done.after.size };
  }
  steps.push(encodingStep(work, point, facts));
  return {
    seconds: steps.reduce((sum, step) => sum + step.ns, 0) / 1e9,
    bytes: EMPTY_PROCESS_BYTES + retained(original) + Math.max(...steps.map(({ bytes }) => bytes)),
    steps,
  };
}

/**
 * The bytes that are held for an original until its rendition is done. The pixels of a HEIC are held because no decoder of libvips can decode them again. Bytes that
 * a decoder gets instead of the file count twice, because they are made from a copy of the file. For a composed GIF, the file, the data of its frames and
 * the frames are held.
 */
const retained = (original: Original): number =>
  2 * (original.heldBytes ?? 0) +
  (original.composedBytes ?? 0) +
  (original.format === 'heic' ? pixelsOf(original) * (original.hasAlpha ? 4 : 3) : 0);

/** An original that has to be turned is decoded completely first, and the memory of the decoder is free afterwards. */
const turnedFirst = (pass: Pass, { isTurned = false }: Original): Pass[] => [
  ...(isTurned ? openingOf(pass) : []),
  withoutOpening(pass),
];

function decodingStep(original: Original, { channels, frames }: Facts): Step {
  const pixels = pixelsOf(original) * frames;
  const { ns, bytes } = costOfDecoding(original);
  // Frames are decoded together; a single image streams into its first pass.
  const together = frames > 1 ? channels * pixels : 0;
  // Pixels beside the screen are no slower to decode than those on it, and are not held.
  const hidden = frames > 1 ? (original.hiddenPixels ?? 0) : 0;
  const drawing = costOfDrawing(original, original);
  return {
    what: `decoding ${original.format.toUpperCase()}`,
    ns: ns * (pixels + hidden) + drawing.ns,
    bytes: bytes * pixels + together + drawing.bytes,
  };
}

/** The steps for the commands of a pass, with all memory that is held during the pass. */
function passSteps(
  pass: Pass,
  before: Point,
  { original, overlays = {}, channels, frames, isStreamed }: Work & Facts & { isStreamed: boolean },
): { steps: Step[]; after: Point } {
  const steps: Step[] = [];
  const transparent = channels === 4 ? TRANSPARENT : 1;
  let { size, held: bytes } = before;
  for (const command of pass.commands) {
    if (command.operation === 'autoOrient' && !original.isTurned) continue;
    const cost = costOfCommand(command, { size, overlays, isTransparent: channels === 4 });
    bytes += cost.bytes * transparent;
    const each = cost.ns + BETWEEN_PASSES * pixelsOf(size);
    const ns = (each * frames + cost.onceNs) * transparent;
    const again = looksFirst(command) ? steps.reduce((sum, step) => sum + step.ns, 0) : 0;
    steps.push({ what: command.operation, ns: ns + again, bytes: 0, advice: cost.advice });
    size = sizeBehind(command, size, original);
  }
  if (isStreamed) return { steps: steps.map((step) => ({ ...step, bytes })), after: { size, held: bytes } };
  const written = channels * pixelsOf(size) * frames;
  const writing = { what: 'pixels between two passes', ns: BETWEEN_PASSES * pixelsOf(size) * frames, bytes: 0 };
  const all = [...steps, writing].map((step) => ({ ...step, bytes: bytes + written }));
  return { steps: all, after: { size, held: written } };
}

/** Whether a command reads all pixels before it changes one, so that they are computed twice. */
const looksFirst = (command: Command): boolean => ['measured', 'decides'].includes(traitsOf(command).content);

/** Bytes of a file for each pixel of an animation. */
const ANIMATION_FILE = 2;

/** The formats that `auto` can become. */
const AUTO: readonly OutputFormat[] = ['jpeg', 'png', 'webp'];

function encodingStep({ original, output }: Work, { size, held }: Point, { channels, frames }: Facts): Step {
  const pixels = pixelsOf(size) * frames;
  const formats = output.format === 'auto' ? (frames > 1 ? (['webp'] as const) : AUTO) : [output.format];
  const all = formats.map((format) => {
    const encoding: Encoding = { ...output, format, hasAlpha: channels === 4, pixels };
    // A drawing keeps its colours whatever quality is asked for.
    if (output.format === 'auto' && format === 'png') delete encoding.quality;
    const effort = effortFor(encoding, encodings(output));
    const { ns, bytes, advice } = costOfEncoding(encoding, effort);
    const hasEffort = format !== 'jpeg' && format !== 'tiff' && (format !== 'png' || isPalette(encoding));
    const what = `encoding ${format.toUpperCase()}${hasEffort ? ` at effort ${effort}` : ''}`;
    const cheaper =
      output.maxBytes === undefined ? advice : 'leave out maxBytes, for which it is encoded again and again';
    // An animation is encoded frame by frame, into a file.
    const encoded = frames > 1 ? bytes * pixelsOf(size) + ANIMATION_FILE * pixels : bytes * pixels;
    return { what, ns: ns * pixels * encodings(output), bytes: encoded, advice: cheaper };
  });
  const most = all.reduce((a, b) => (b.ns > a.ns ? b : a));
  // Frames are joined before they are encoded, and are held as they were decoded too.
  const joined = frames > 1 ? channels * (pixelsOf(original) * frames + 2 * pixels) : held;
  return { ...most, bytes: joined + Math.max(...all.map(({ bytes }) => bytes)) };
}
