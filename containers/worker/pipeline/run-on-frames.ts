import sharp, { type Sharp } from 'sharp';
import { leavesUnknownSize, type Output } from '../../../shared/domain/commands.ts';
import { isDecidedByContent, type Pass } from '../../../shared/domain/plan.ts';
import { fixContentDecision } from './commands/content-crop.ts';
import type { Overlay } from './commands/overlay.ts';
import { metadataFor } from './metadata/kept-metadata.ts';
import { webpWithMetadata } from './metadata/webp-metadata.ts';
import { clampTiming } from './output/animation-timing.ts';
import { autoFormat } from './output/auto-format.ts';
import { encode, type ResolvedOutput, withDefaults } from './output/encode.ts';
import type { PipelineResult } from './output/encode-result.ts';
import { type Encoded, fitMaxBytes } from './output/fit-max-bytes.ts';
import {
  applyPasses,
  fromPixels,
  materialise,
  materialisePixels,
  type PassContext,
  type Pixels,
  readPixels,
} from './run-passes.ts';
import { translateResultError } from './sharp-errors.ts';
import type { Source } from './source/read-source.ts';

/**
 * Runs every frame through the same passes, so that a command means for each what it means for one image, and joins them again. Decisions
 * by content are made for the first frame, or the frames would not fit each other.
 */
export async function runOnFrames(
  source: Source,
  { passes, output }: { passes: Pass[]; output: Output },
  context: PassContext,
): Promise<PipelineResult> {
  const begun = performance.now();
  try {
    const frames = await decodeFrames(source, context);
    // All results are in memory at once, so that the limit is for all of them.
    const forEach = { ...context, maxOutputPixels: Math.floor(context.maxOutputPixels / frames.length) };
    const decided = await decidePasses(passes, frames[0] as Pixels, forEach);
    for (const pass of decided) await runOnAll(frames, pass, forEach);
    const passesMs = [performance.now() - begun];
    const encoding = performance.now();
    const encoded = await encodeFrames(frames, output, { source, context });
    return { ...encoded, passesMs, encodeMs: performance.now() - encoding };
  } catch (error) {
    return translateResultError(error);
  }
}

/** Applies a pass to every frame in place. All frames have one size, so an overlay is drawn once, for the first. */
async function runOnAll(frames: Pixels[], pass: Pass, context: PassContext): Promise<void> {
  let drawn: Promise<Overlay> | undefined;
  const drawOverlay = (draw: () => Promise<Overlay>): Promise<Overlay> => {
    // A command with an overlay has a pass of its own.
    drawn ??= draw();
    return drawn;
  };
  for (const [place, frame] of frames.entries()) {
    const { next } = await applyPasses(fromPixels(frame, context), [pass], { ...context, drawOverlay });
    frames[place] = await materialisePixels(next, context);
  }
}

/** All frames in one decode: asked for one by one, each would be decoded from the first. */
async function decodeFrames({ open, composed, animation }: Source, { withTimeout }: PassContext): Promise<Pixels[]> {
  // The limit of an image's pixels is for one frame; all of them together have their own, which they have passed.
  const decode = () => readPixels(withTimeout(open({ animated: true, limitInputPixels: false })));
  const { data, width, height, channels } = composed ? { ...composed(), channels: 4 as const } : await decode();
  const frames = animation?.frames ?? 1;
  const frameHeight = height / frames;
  const bytes = width * frameHeight * channels;
  return Array.from({ length: frames }, (_, index) => ({
    data: data.subarray(index * bytes, (index + 1) * bytes),
    width,
    height: frameHeight,
    channels,
  }));
}

/** The passes with every decision by content replaced by the one for the first frame. */
async function decidePasses(passes: Pass[], first: Pixels, context: PassContext): Promise<Pass[]> {
  if (!passes.some(({ commands }) => commands.some(isDecidedByContent))) return passes;
  const decided: Pass[] = [];
  let input = fromPixels(first, context);
  for (const { commands } of passes) {
    for (const command of commands) {
      const fast = isDecidedByContent(command)
        ? await fixContentDecision(input.image, command, input.size, context)
        : [command];
      const own = fast.map((each) => ({ commands: [each] }));
      input = await materialise((await applyPasses(input, own, context)).next, context);
      if (leavesUnknownSize(command)) context.onTrimmed?.(input.size);
      decided.push(...own);
    }
  }
  return decided;
}

async function encodeFrames(
  frames: Pixels[],
  output: Output,
  { source, context }: { source: Source; context: PassContext },
): Promise<Omit<PipelineResult, 'passesMs' | 'encodeMs'>> {
  const format =
    output.format === 'auto' ? autoFormat(ANY_CONTENT, { isAnimation: true, isBounded: false }) : output.format;
  const { timing, warnings } = clampTiming(source.animation ?? {}, format as 'gif' | 'webp');
  const open = opener(frames);
  const encodeAs = async (settled: ResolvedOutput): Promise<Encoded> => {
    const image = encode(context.withTimeout(open()), settled, source, timing);
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    // sharp takes metadata from an input only, and that would have to be an animation too. A GIF has no place for them.
    const kept = format === 'webp' ? metadataFor(settled, source) : undefined;
    return { data: kept ? webpWithMetadata(data, kept, frames[0] as Pixels) : data, info };
  };
  const { width, height, channels } = frames[0] as Pixels;
  const settled = withDefaults(
    { ...output, format },
    { pixels: width * height * frames.length, hasAlpha: channels === 4 },
  );
  const { data, quality }: Encoded & { quality?: number } =
    output.maxBytes === undefined
      ? await encodeAs(settled)
      : await fitMaxBytes((at) => encodeAs({ ...settled, quality: at }), {
          maxBytes: output.maxBytes,
          from: output.quality,
        });
  // Encoders make one frame of neighbours that are alike, and show it longer.
  const { pages = 1 } = await sharp(data).metadata();
  return {
    data,
    format,
    width,
    height,
    ...(pages > 1 && { frames: pages }),
    ...(quality !== undefined && { quality }),
    ...(warnings.length > 0 && { warnings }),
  };
}

const ANY_CONTENT = { isDrawing: false, isTransparent: false };

/** The frames as one image. */
function opener(frames: Pixels[]): () => Sharp {
  const { width, height, channels } = frames[0] as Pixels;
  const input = Buffer.concat(frames.map(({ data }) => data));
  const raw = { width, height: height * frames.length, channels, pageHeight: height };
  return () => sharp(input, { raw, limitInputPixels: false });
}
