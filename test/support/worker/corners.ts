import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { allowTime } from '../../../containers/worker/image-processes/message-time-limit.ts';
import { openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import type { JobEvent } from '../../../containers/worker/image-processes/run-job.ts';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import type { Budget } from '../../../shared/domain/budget.ts';
import type { Pipeline } from '../../../shared/domain/commands.ts';
import type { Size } from '../../../shared/domain/geometry.ts';
import type { ImageId } from '../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { DEFAULT_LIMITS } from './rendition-run.ts';

/** The outcome of a pipeline in an image process: `ready` or a code, and its costs. */
export interface Outcome {
  outcome: string;
  detail: string;
  /** Whether work on pixels was begun. */
  isRendered: boolean;
  cpuSeconds: number;
  peakMiB: number;
}

const MiB = 1024 ** 2;
/** The unit of Linux's processor time is a hundredth of a second (proc(5), stat). */
const TICKS = 100;

/** The processor time of a process so far, in seconds. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/**
 * Runs pipelines in a process with twice the memory of the budget, so that use beyond the estimate is measured and not just ended. The
 * limit of elapsed time is raised, because other work on this machine counts in it: processor time is measured.
 */
export function openCorners(folder: string, budget: Budget) {
  const processes = openImageProcessPool({ processes: 1, memoryBytes: 2 * budget.bytes, timeoutSeconds: 1800 });
  const limits = { ...DEFAULT_LIMITS, timeoutSeconds: 1800, budget };
  return {
    async run(path: string, pipeline: Pipeline, watermarks: Record<ImageId, string> = {}): Promise<Outcome> {
      const results = await mkdtemp(join(folder, 'results-'));
      const events: JobEvent[] = [];
      const clock = { pid: 0, begun: 0 };
      const onEvent = (event: JobEvent) => {
        events.push(event);
        if (event.kind === 'begun') Object.assign(clock, { pid: event.pid, begun: cpuSecondsOf(event.pid) });
      };
      const job = { path, requests: [{ name: 'corner', ...pipeline }], watermarks, limits, folder: results };
      const signal = new AbortController().signal;
      const done = await processes
        .render({ ...job, isFirst: false }, { signal, onEvent, room: async () => undefined, time: allowTime(1800) })
        .catch((error: unknown) => {
          const { code = 'error', message } = error as Error & { code?: string };
          return { code, message };
        });
      const failed = events.find((event) => event.kind === 'failed');
      const isRendered = events.some(({ kind }) => kind === 'rendering');
      if ('code' in done) {
        return { outcome: done.code, detail: done.message, isRendered, cpuSeconds: Number.NaN, peakMiB: Number.NaN };
      }
      return {
        outcome: failed?.failure.code ?? 'ready',
        detail: failed?.failure.detail ?? '',
        isRendered,
        cpuSeconds: cpuSecondsOf(clock.pid) - clock.begun,
        peakMiB: done.peakMemoryBytes / MiB,
      };
    },
    stop: () => processes.stop(),
  };
}

/** Noise of a number of pixels with an aspect ratio of 6:5, in which encoders find no repetitions. */
function noise(pixels: number, channels: 3 | 4 = 3): Sharp {
  const height = Math.floor(Math.sqrt((pixels * 5) / 6));
  return noiseOf({ width: Math.floor(pixels / height), height }, channels);
}

function noiseOf({ width, height }: Size, channels: 3 | 4): Sharp {
  return sharp(randomBytes(width * height * channels), { raw: { width, height, channels }, limitInputPixels: false });
}

/** Reproducible random bytes: zeros that a cipher has encrypted. */
function randomBytes(length: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

interface OriginalCorner {
  /** Pixels at most, of all frames. */
  limit: number;
  make(pixels: number): Sharp;
}

const { inputPixels, avifInputPixels, animationPixels } = LIMITS;

/** Frames of soft noise, each different from the one before, so that encoders cannot leave one out. */
function animation(pixels: number, frames: number): Sharp {
  const height = Math.floor(Math.sqrt(pixels / frames / 1.2));
  const width = Math.floor(pixels / frames / height);
  const size = width * height * frames * 4;
  const input = randomBytes(size);
  // Four bits of noise over areas of colour, and opaque: what a film looks like.
  for (let at = 0; at < size; at += 4) {
    for (let channel = 0; channel < 3; channel += 1)
      input[at + channel] = ((at >> 16) & 0xf0) | ((input[at + channel] as number) & 15);
    input[at + 3] = 255;
  }
  const raw = { width, height: height * frames, channels: 4, pageHeight: height } as const;
  return sharp(input, { raw, limitInputPixels: false });
}

/** The largest height of a result, with the width for a number of pixels. */
const LONG = LIMITS.outputDimension;
const acrossOf = (pixels: number): number => Math.ceil(pixels / LONG);

/** The best quality that cameras and editors write. */
const DENSE = { quality: 95, chromaSubsampling: '4:4:4' };

/** The largest originals of every kind, by name: the most expensive to decode, and the most common. */
export const ORIGINALS: Record<string, OriginalCorner> = {
  jpeg: { limit: inputPixels, make: (pixels) => noise(pixels).jpeg({ ...DENSE, progressive: true }) },
  onItsSide: {
    limit: inputPixels,
    make: (pixels) =>
      noise(pixels)
        .jpeg({ ...DENSE, progressive: true })
        .withMetadata({ orientation: 6 }),
  },
  cmyk: {
    limit: inputPixels,
    make: (pixels) =>
      noise(pixels)
        .toColourspace('cmyk')
        .jpeg({ ...DENSE, progressive: true }),
  },
  png: { limit: inputPixels, make: (pixels) => noise(pixels, 4).png({ compressionLevel: 1 }) },
  highPng: {
    limit: 128 * LONG,
    make: (pixels) => noiseOf({ width: acrossOf(pixels), height: LONG }, 4).png({ compressionLevel: 1 }),
  },
  widePng: {
    limit: 128 * LONG,
    make: (pixels) => noiseOf({ width: LONG, height: acrossOf(pixels) }, 4).png({ compressionLevel: 1 }),
  },
  deepPng: {
    limit: inputPixels,
    make: (pixels) => noise(pixels, 4).toColourspace('rgb16').png({ progressive: true, compressionLevel: 1 }),
  },
  webp: { limit: inputPixels, make: (pixels) => noise(pixels, 4).webp({ effort: 0 }) },
  avif: { limit: avifInputPixels, make: (pixels) => noise(pixels, 4).avif({ effort: 0 }) },
  tiff: {
    limit: inputPixels,
    make: (pixels) => noise(pixels).toColourspace('rgb16').tiff({ compression: 'deflate', tile: true }),
  },
  gif: { limit: inputPixels, make: (pixels) => noise(pixels).gif({ effort: 1 }) },
  animatedGif: { limit: animationPixels, make: (pixels) => animation(pixels, 12).gif({ effort: 1 }) },
  animatedWebp: { limit: animationPixels, make: (pixels) => animation(pixels, 12).webp({ effort: 0 }) },
};

/** Writes the original of a name, at a share of its limit. */
export async function writeOriginal(folder: string, name: string, scale: number): Promise<string> {
  const path = join(folder, `${name}-${scale}`);
  const { limit, make } = ORIGINALS[name] as OriginalCorner;
  await writeFile(path, await make(Math.floor(scale * limit)).toBuffer());
  return path;
}

export const pipelineOf = (commands: object[], output: object): Pipeline => parsePipeline({ commands, output });
