import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { openImageProcesses } from '../../containers/worker/image-processes.ts';
import { allowTime } from '../../containers/worker/message-time.ts';
import type { RenderEvent } from '../../containers/worker/render-in-process.ts';
import { parsePipeline } from '../../shared/contracts/commands.ts';
import type { Budget } from '../../shared/domain/budget.ts';
import type { Pipeline } from '../../shared/domain/commands.ts';
import type { ImageId } from '../../shared/domain/image-id.ts';
import { DEFAULT_LIMITS } from './rendition-run.ts';

/** What became of a pipeline in an image process: `ready` or a code, and what it took. */
export interface Outcome {
  outcome: string;
  detail: string;
  /** Whether work on pixels was begun. */
  isRendered: boolean;
  cpuSeconds: number;
  peakMiB: number;
}

const MiB = 1024 ** 2;
/** Linux counts processor time in hundredths of a second (proc(5), stat). */
const TICKS = 100;

/** Processor time of a process so far, seconds. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/**
 * Runs pipelines in a process with the real memory limit. The limit of the clock is out of the way, because other work on this machine
 * counts in it: what a rendition takes of the processor is what is looked at.
 */
export function openCorners(folder: string, { memoryMiB, budget }: { memoryMiB: number; budget: Budget }) {
  const processes = openImageProcesses({ processes: 1, memoryBytes: memoryMiB * MiB, timeoutSeconds: 1800 });
  const limits = { ...DEFAULT_LIMITS, timeoutSeconds: 1800, budget };
  return {
    async run(path: string, pipeline: Pipeline, watermarks: Record<ImageId, string> = {}): Promise<Outcome> {
      const results = await mkdtemp(join(folder, 'results-'));
      const events: RenderEvent[] = [];
      const clock = { pid: 0, begun: 0 };
      const onEvent = (event: RenderEvent) => {
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

type Kind = 'flat' | 'noise';

/** An image of so many pixels, 6 wide to 5 high; noise is made from a tile, which no encoder is told. */
export function picture(pixels: number, { kind, channels }: { kind: Kind; channels: 3 | 4 }): Sharp {
  const height = Math.floor(Math.sqrt((pixels * 5) / 6));
  const width = Math.floor(pixels / height);
  const background = { r: 90, g: 130, b: 170, alpha: 0.6 };
  const base = sharp({ create: { width, height, channels, background }, limitInputPixels: false });
  if (kind === 'flat') return base;
  const side = 509;
  const input = Buffer.from(Array.from({ length: side * side * channels }, randomByte(side)));
  const raw = { width: side, height: side, channels };
  return base.composite([{ input, raw, tile: true, blend: channels === 4 ? 'xor' : 'over' }]);
}

/** Bytes of a xorshift generator (Marsaglia, 2003), the same each time. */
function randomByte(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
}

/** The same originals in every format that there is, by name. */
export const ORIGINALS: Record<string, (pixels: number) => Sharp> = {
  jpeg: (pixels) => picture(pixels, { kind: 'noise', channels: 3 }).jpeg({ quality: 95, progressive: true }),
  cmyk: (pixels) => picture(pixels, { kind: 'flat', channels: 3 }).toColourspace('cmyk').jpeg(),
  png: (pixels) => picture(pixels, { kind: 'noise', channels: 4 }).png({ compressionLevel: 1 }),
  deepPng: (pixels) =>
    picture(pixels, { kind: 'flat', channels: 4 })
      .toColourspace('rgb16')
      .png({ progressive: true, compressionLevel: 1 }),
  webp: (pixels) => picture(pixels, { kind: 'flat', channels: 4 }).webp({ effort: 0 }),
  avif: (pixels) => picture(pixels, { kind: 'flat', channels: 4 }).avif({ effort: 0 }),
  tiff: (pixels) =>
    picture(pixels, { kind: 'flat', channels: 3 }).toColourspace('rgb16').tiff({ compression: 'deflate', tile: true }),
  gif: (pixels) => picture(pixels, { kind: 'flat', channels: 3 }).gif({ effort: 1 }),
};

export async function writeOriginal(folder: string, name: string, pixels: number): Promise<string> {
  const path = join(folder, `${name}-${pixels}`);
  const make = ORIGINALS[name] as (typeof ORIGINALS)[string];
  await writeFile(path, await make(pixels).toBuffer());
  return path;
}

export const pipelineOf = (commands: object[], output: object): Pipeline => parsePipeline({ commands, output });
