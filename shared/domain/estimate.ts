import { costOfCommand } from './command-costs.ts';
import type { Command, Output, Pipeline } from './commands.ts';
import { type Cost, costOfDecoding, costOfEncoding, defaultEffort, type Encoding, isPalette } from './format-costs.ts';
import { type Size, sizeAfter } from './geometry.ts';
import type { OutputFormat } from './image-format.ts';
import type { Original } from './original.ts';
import { opensTransparency, type Pass, planPasses } from './plan.ts';

/** A step of a rendition: nanoseconds that it takes, and bytes that are held meanwhile. */
export interface Part extends Cost {
  /** As the end of "most of it is for …". */
  what: string;
  /** What would be cheaper. */
  advice?: string | undefined;
}

/** What a rendition takes at most, on a core like that of the measurements: processor time, and memory at its highest. */
export interface Estimate {
  seconds: number;
  bytes: number;
  parts: Part[];
}

export interface Work extends Pipeline {
  original: Original;
  /** Images that are laid over, by id; one that is not told counts as nothing. */
  overlays?: Readonly<Record<string, Original>>;
}

/** A process before it has an image: 75 MiB were measured, and 25 are for what a pipeline buffers. */
const EMPTY_PROCESS_BYTES = 100 * 1024 ** 2;

/** Transparent pixels have a channel more, for which the figures of opaque ones do not account. */
const TRANSPARENT = 4 / 3;

/** Nanoseconds to write a pixel down between two passes and to read it again. */
const BETWEEN_PASSES = 12;

/** `maxBytes` halves the range of quality until it is met. */
const MOST_ENCODINGS = 8;

/** How often an output is encoded at most. */
export const encodings = ({ maxBytes }: Pick<Output, 'maxBytes'>): number =>
  maxBytes === undefined ? 1 : MOST_ENCODINGS;

/** Whether the encoder begins with pixels that were written down, which it may be given more than once. */
const isWrittenDown = ({ format, maxBytes, metadata }: Output): boolean =>
  format === 'auto' || maxBytes !== undefined || metadata === 'keep';

const pixelsOf = ({ width, height }: Size): number => width * height;

/** What all steps of one rendition have in common. */
interface Facts {
  channels: number;
  /** Of an animation that stays one; otherwise 1. */
  frames: number;
}

/** What a rendition takes. Pure, so that whoever knows an image's size can ask; the worker does before it decodes. */
export function estimate(work: Work): Estimate {
  const { original, commands, output } = work;
  const { frames = 1 } = original;
  const channels = original.hasAlpha || commands.some(opensTransparency) ? 4 : 3;
  const facts = { channels, frames };
  const all = pixelsOf(original) * frames;
  const { ns, bytes } = costOfDecoding(original);
  const decoding = { what: `decoding ${original.format.toUpperCase()}`, ns: ns * all, bytes: bytes * all };
  // Frames are decoded together; a single image streams into its first pass.
  if (frames > 1) decoding.bytes += channels * all;
  const { parts, size, held } = commandParts(work, decoding.bytes, facts);
  const encoding = encodingPart(output, size, facts);
  encoding.bytes += frames > 1 ? 2 * channels * pixelsOf(size) * frames : held;
  const steps = [decoding, ...parts, encoding];
  return {
    seconds: steps.reduce((sum, part) => sum + part.ns, 0) / 1e9,
    bytes: EMPTY_PROCESS_BYTES + Math.max(...steps.map((part) => part.bytes)),
    parts: steps,
  };
}

/** Each command, with all that is held while its pass goes on; and what is left for the encoder. */
function commandParts(
  { original, overlays = {}, commands, output }: Work,
  decoderBytes: number,
  { channels, frames }: Facts,
): { parts: Part[]; size: Size; held: number } {
  const parts: Part[] = [];
  let size: Size = original;
  let held = decoderBytes;
  const transparent = channels === 4 ? TRANSPARENT : 1;
  const passes = passesOf(original, commands);
  for (const [index, pass] of passes.entries()) {
    const isLast = index === passes.length - 1;
    const before = parts.length;
    let bytes = held;
    for (const command of pass.commands) {
      if (command.operation === 'autoOrient' && !original.isTurned) continue;
      const cost = costOfCommand(command, { size, overlays });
      bytes += cost.bytes * transparent;
      const pixels = pixelsOf(size);
      size = sizeAfter(command, size);
      const earlier = parts.slice(before).reduce((sum, part) => sum + part.ns, 0);
      const ns = (cost.ns + BETWEEN_PASSES * pixels) * frames * transparent;
      parts.push({
        what: command.operation,
        ns: ns + (looksFirst(command) ? earlier : 0),
        bytes: 0,
        advice: cost.advice,
      });
    }
    const written = channels * pixelsOf(size) * frames;
    const isStreamed = isLast && frames === 1 && !isWrittenDown(output);
    bytes += isStreamed ? 0 : written;
    for (const part of parts.slice(before)) part.bytes = bytes;
    held = isStreamed ? bytes : written;
  }
  return { parts, size, held };
}

/** What is not in 8 bits of sRGB becomes so before its first command. */
const passesOf = (original: Original, commands: Command[]): Pass[] => {
  const passes = planPasses({ commands }, { hasAlpha: original.hasAlpha ?? false });
  return original.isConverted ? [{ commands: [] }, ...passes] : passes;
};

/** Whether a command looks at all pixels before it changes one, for which they are computed twice. */
const looksFirst = (command: Command): boolean =>
  command.operation === 'normalise' || (command.operation === 'resize' && /entropy|attention/.test(command.position));

/** What `auto` can become. */
const AUTO: readonly OutputFormat[] = ['jpeg', 'png', 'webp'];

function encodingPart(output: Output, size: Size, { channels, frames }: Facts): Part {
  const pixels = pixelsOf(size) * frames;
  const formats = output.format === 'auto' ? (frames > 1 ? (['webp'] as const) : AUTO) : [output.format];
  const parts = formats.map((format) => {
    const encoding: Encoding = { ...output, format, hasAlpha: channels === 4 };
    // A drawing keeps its colours whatever quality is asked for.
    if (output.format === 'auto' && format === 'png') delete encoding.quality;
    const effort = output.effort ?? defaultEffort(format, pixels * encodings(output));
    const { ns, bytes, advice } = costOfEncoding(encoding, effort);
    const hasEffort = format !== 'jpeg' && format !== 'tiff' && (format !== 'png' || isPalette(encoding));
    const what = `encoding ${format.toUpperCase()}${hasEffort ? ` at effort ${effort}` : ''}`;
    const cheaper =
      output.maxBytes === undefined ? advice : 'leave out maxBytes, for which it is encoded again and again';
    return { what, ns: ns * pixels * encodings(output), bytes: bytes * pixels, advice: cheaper };
  });
  return parts.reduce((most, part) => ({
    ...(part.ns > most.ns ? part : most),
    bytes: Math.max(part.bytes, most.bytes),
  }));
}
