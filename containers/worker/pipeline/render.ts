import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBudget } from '../../../shared/domain/budget.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { type Failure, ImageServiceError } from '../../../shared/domain/errors.ts';
import { rounded } from '../../../shared/domain/geometry.ts';
import type { ImageId } from '../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { checkSizes } from '../../../shared/domain/result-sizes.ts';
import { checkPainting } from '../../../shared/domain/svg/svg-painting.ts';
import type { PipelineResult } from './finish.ts';
import { originalOf, readOverlays } from './originals.ts';
import { type Description, describe, PLACEHOLDER_SIDE } from './placeholder.ts';
import { openContext, openSource, type PipelineLimits, type PipelineOptions, runPipeline } from './run-pipeline.ts';
import { type Base, decodeShared, stageOf } from './shared-decode.ts';
import { translateDecodeError } from './sharp-errors.ts';
import type { Source } from './source.ts';
import { dropSpentPixels } from './spent-pixels.ts';
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

/** A result, which lies in its file of the job's folder. */
export interface Rendered extends Omit<PipelineResult, 'data'> {
  /** Whether another, with which it is counted, has had the decode first. */
  isDecodeShared: boolean;
  /** Milliseconds of a decode that others have shared; absent if the rendition had its own. */
  decodeMs?: number;
}

/** A failure as it goes between processes. */
export type RenderFailure = Failure & { retryable: boolean };

/** An original whose header is read and whose shared decode is done. */
export interface OpenedJob {
  /** The renditions that would be too large, or for which there is no time or no memory: known before anything is decoded, and not to be asked for. */
  refused: { place: number; failure: RenderFailure }[];
  /** Makes the rendition of that place; rejects with what is wrong with it, which is no reason not to make the next one. */
  render(place: number): Promise<Rendered>;
  /** What there is to tell of the original; rejects where that is nothing. */
  describe(): Promise<Description>;
}

/** Opens the original of a job; rejects where none of its renditions can be made. */
export async function openJob(job: RenderJob): Promise<OpenedJob> {
  const { requests } = job;
  const source = await openSource(job.path, job.limits);
  const options = { ...optionsFor(job), overlays: await readOverlays(job.watermarks, job.limits) };
  const refused = refuseBeforehand(source, requests, options);
  const affordable = requests.map((request, place) =>
    refused.some((each) => each.place === place) ? undefined : request,
  );
  const begun = performance.now();
  const context = openContext(source, options);
  const base = await decodeShared(affordable, source, { context, isWorthForOne: job.isFirst })
    .catch(translateDecodeError)
    .catch(() => undefined);
  const decodeMs = performance.now() - begun;
  return {
    refused,
    async render(place) {
      dropSpentPixels();
      const shared = base?.places.has(place) ? base : undefined;
      const start = shared && { base: stageOf(shared, job.limits) };
      const request = requests[place] as RenditionRequest;
      const { data, ...result } = await runPipeline(source, request, { ...options, ...start });
      checkBytes(data);
      await writeFile(join(job.folder, String(place)), data);
      // With the first of them the decode is counted.
      const isDecodeShared = shared !== undefined && place !== Math.min(...shared.places);
      return { ...result, isDecodeShared, ...(shared && { decodeMs }) };
    },
    describe: () => describeSource(source, { base, options }),
  };
}

function checkBytes(data: Buffer): void {
  const limit = LIMITS.resultBytes;
  if (data.length <= limit) return;
  const detail = `The result has ${data.length} bytes; the limit is ${limit}. Resize it to fewer pixels.`;
  throw new ImageServiceError('output_too_large', detail, { limit, actual: data.length, unit: 'bytes' });
}

function refuseBeforehand(
  source: Source,
  requests: readonly RenditionRequest[],
  { overlays = {}, limits }: Pick<PipelineOptions, 'overlays' | 'limits'>,
): OpenedJob['refused'] {
  return requests.flatMap((request, place) => {
    try {
      const original = originalOf(source, request, limits);
      checkSizes(request.commands, original, Math.floor(limits.maxOutputPixels / (original.frames ?? 1)));
      if (source.painting) checkPainting(source.painting, original);
      checkBudget({ ...request, original, overlays }, limits.budget);
      return [];
    } catch (error) {
      return [{ place, failure: failureOf(error) }];
    }
  });
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

async function describeSource(
  source: Source,
  { base, options }: { base: Base | undefined; options: PipelineOptions },
): Promise<Description> {
  const { withTimeout } = openContext(source, options);
  const side = { width: PLACEHOLDER_SIDE, height: PLACEHOLDER_SIDE, fit: 'inside' } as const;
  const pixels = base?.pixels ?? (await readPixels(withTimeout(source.open().autoOrient().resize(side))));
  await source.warnings();
  return { ...(await describe(pixels)), ...(!source.isVector && rounded(source.uprightSize)) };
}

export function failureOf(error: unknown): RenderFailure {
  if (error instanceof ImageServiceError) {
    return { code: error.code, detail: error.message, retryable: error.retryable };
  }
  return { code: 'processing_failed', detail: (error as Error).message, retryable: true };
}
