import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { type Failure, ImageServiceError } from '../../../shared/domain/errors.ts';
import type { ImageId } from '../../../shared/domain/image-id.ts';
import type { PipelineResult } from './finish.ts';
import { describe, PLACEHOLDER_SIDE, type Placeholder } from './placeholder.ts';
import { openContext, openSource, type PipelineLimits, type PipelineOptions, runPipeline } from './run-pipeline.ts';
import { type Base, decodeShared, stageOf } from './shared-decode.ts';
import { translateDecodeError } from './sharp-errors.ts';
import type { Source } from './source.ts';
import { readPixels } from './stage.ts';

/** What a process is given to do: renditions of one original, all by paths. JSON, as it goes between processes. */
export interface RenderJob {
  path: string;
  requests: RenditionRequest[];
  /** Paths of the images that may be laid over. */
  watermarks: Record<ImageId, string>;
  limits: PipelineLimits;
  /** Where results go, a file `<place>` for each request. */
  folder: string;
  /** Whether the placeholder of the original is wanted too. */
  isFirst: boolean;
}

/** What a process tells on its way. */
export type RenderEvent =
  | { kind: 'begun'; pid: number }
  | { kind: 'described'; placeholder: Placeholder }
  | { kind: 'rendering'; place: number }
  | { kind: 'rendered'; place: number; result: Rendered }
  | { kind: 'failed'; place: number; failure: Failure & { retryable: boolean } }
  | { kind: 'memory'; bytes: number };

/** A result in a file. */
export interface Rendered extends Omit<PipelineResult, 'data'> {
  path: string;
  contentLength: number;
  /** Whether another, with which it is counted, has had the decode first. */
  isDecodeShared: boolean;
  /** Milliseconds of a decode that others have shared; absent if the rendition had its own. */
  decodeMs?: number;
}

/** Makes the renditions one after the other. What is wrong with one is told about that one; nothing is thrown but what nobody foresaw. */
export async function render(job: RenderJob, tell: (event: RenderEvent) => void): Promise<void> {
  const { requests } = job;
  const failAll = (error: unknown) => {
    for (const place of requests.keys()) tell({ kind: 'failed', place, failure: failureOf(error) });
  };
  let source: Source;
  try {
    source = await openSource(job.path, job.limits);
  } catch (error) {
    failAll(error);
    return;
  }
  const options = optionsFor(job);
  const begun = performance.now();
  const context = openContext(source, options);
  const base = await decodeShared(requests, source, { context, isWorthForOne: job.isFirst })
    .catch(translateDecodeError)
    .catch(() => undefined);
  const decodeMs = performance.now() - begun;
  for (const [place, request] of requests.entries()) {
    tell({ kind: 'rendering', place });
    const shared = base?.places.has(place) ? base : undefined;
    const start = shared && { base: stageOf(shared, job.limits) };
    try {
      const { data, ...result } = await runPipeline(source, request, { ...options, ...start });
      const path = join(job.folder, String(place));
      await writeFile(path, data);
      // With the first of them the decode is counted.
      const isDecodeShared = shared !== undefined && place !== Math.min(...shared.places);
      const measures = { isDecodeShared, ...(shared && { decodeMs }) };
      tell({ kind: 'rendered', place, result: { ...result, ...measures, path, contentLength: data.length } });
    } catch (error) {
      tell({ kind: 'failed', place, failure: failureOf(error) });
    }
  }
  if (job.isFirst) await tellPlaceholder(source, { base, options, tell });
}

function optionsFor({ limits, watermarks }: RenderJob): PipelineOptions {
  return {
    limits,
    // Who gives up on a job kills the process.
    signal: new AbortController().signal,
    fetchWatermark: async (imageId) => {
      const path = watermarks[imageId];
      if (path) return path;
      throw new ImageServiceError('watermark_not_found', `There is no image ${imageId} to use as a watermark.`);
    },
  };
}

/** After the renditions, which somebody may be waiting for. An image whose placeholder cannot be made has none. */
async function tellPlaceholder(
  source: Source,
  { base, options, tell }: { base: Base | undefined; options: PipelineOptions; tell: (event: RenderEvent) => void },
): Promise<void> {
  const { withTimeout } = openContext(source, options);
  const side = { width: PLACEHOLDER_SIDE, height: PLACEHOLDER_SIDE, fit: 'inside' } as const;
  try {
    const pixels = base?.pixels ?? (await readPixels(withTimeout(source.open().autoOrient().resize(side))));
    tell({ kind: 'described', placeholder: await describe(pixels) });
  } catch {
    // The renditions have said what is wrong with it.
  }
}

function failureOf(error: unknown): Failure & { retryable: boolean } {
  if (error instanceof ImageServiceError) {
    return { code: error.code, detail: error.message, retryable: error.retryable };
  }
  return { code: 'processing_failed', detail: (error as Error).message, retryable: true };
}
