import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBudget } from '../../../shared/domain/budget.ts';
import { checkSizes } from '../../../shared/domain/check-result-sizes.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { type Failure, ImageServiceError } from '../../../shared/domain/errors.ts';
import { rounded } from '../../../shared/domain/geometry.ts';
import type { ImageId } from '../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { checkPainting } from '../../../shared/domain/svg/svg-painting.ts';
import { collectGarbage } from './garbage-collection.ts';
import type { PipelineResult } from './output/encode-result.ts';
import { type Description, makePlaceholder, PLACEHOLDER_SIDE } from './placeholder.ts';
import { readPixels } from './run-passes.ts';
import { openContext, openSource, type PipelineLimits, type PipelineOptions, runPipeline } from './run-pipeline.ts';
import { decodeShared, passInputOf, type SharedDecode } from './shared-decode.ts';
import { translateDecodeError } from './sharp-errors.ts';
import { describeOriginal, readOverlays } from './source/describe-original.ts';
import type { Source } from './source/read-source.ts';

/** A job for an image process: renditions of one original, with all files given by path. It is JSON, because it is sent between processes. */
export interface RenderJob {
  path: string;
  requests: RenditionRequest[];
  /** Paths of the images that may be laid over. */
  watermarks: Record<ImageId, string>;
  limits: PipelineLimits;
  /** The folder for the results, a file `<index>` for each request. */
  folder: string;
  /** Whether the placeholder of the original is wanted too. */
  isFirst: boolean;
}

/** A result, which lies in its file of the job's folder. */
export interface Rendered extends Omit<PipelineResult, 'data'> {
  /** Whether an earlier rendition used the same decode; the decode is counted with that one. */
  isDecodeShared: boolean;
  /** Milliseconds of a decode that others have shared; absent if the rendition had its own. */
  decodeMs?: number;
}

/** A failure as it goes between processes. */
export type RenderFailure = Failure & { retryable: boolean };

/** An original whose header is read and whose shared decode is done. */
export interface OpenedJob {
  /** The renditions that would be too large, or that would take too much time or memory, as known before anything is decoded. They must not be rendered. */
  refused: { index: number; failure: RenderFailure }[];
  /** Makes the rendition of this index; after a rejection the next one can still be made. */
  render(index: number): Promise<Rendered>;
  /** Describes the original; rejects if it cannot be decoded. */
  describe(): Promise<Description>;
}

/** Opens the original of a job; rejects where none of its renditions can be made. */
export async function openJob(job: RenderJob): Promise<OpenedJob> {
  const { requests } = job;
  const source = await openSource(job.path, job.limits);
  const options = { ...optionsFor(job), overlays: await readOverlays(job.watermarks, job.limits) };
  const refused = refuseBeforehand(source, requests, options);
  const affordable = requests.map((request, index) =>
    refused.some((each) => each.index === index) ? undefined : request,
  );
  const begun = performance.now();
  const context = openContext(source, options);
  const base = await decodeShared(affordable, source, { context, isWorthForOne: job.isFirst })
    .catch(translateDecodeError)
    .catch(() => undefined);
  const decodeMs = performance.now() - begun;
  return {
    refused,
    async render(index) {
      collectGarbage();
      const shared = base?.indexes.has(index) ? base : undefined;
      const start = shared && { base: passInputOf(shared, job.limits) };
      const request = requests[index] as RenditionRequest;
      const { data, ...result } = await runPipeline(source, request, { ...options, ...start });
      checkBytes(data);
      await writeFile(join(job.folder, String(index)), data);
      // The decode is counted with the first rendition that uses it.
      const isDecodeShared = shared !== undefined && index !== Math.min(...shared.indexes);
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
  return requests.flatMap((request, index) => {
    try {
      const original = describeOriginal(source, request, limits);
      checkSizes(request.commands, original, Math.floor(limits.maxOutputPixels / (original.frames ?? 1)));
      if (source.painting) checkPainting(source.painting, original);
      checkBudget({ ...request, original, overlays }, limits.budget);
      return [];
    } catch (error) {
      return [{ index, failure: renderFailureOf(error) }];
    }
  });
}

function optionsFor({ limits, watermarks }: RenderJob): PipelineOptions {
  return {
    limits,
    // A job is never aborted in its process: the worker kills the process instead.
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
  { base, options }: { base: SharedDecode | undefined; options: PipelineOptions },
): Promise<Description> {
  const { withTimeout } = openContext(source, options);
  const side = { width: PLACEHOLDER_SIDE, height: PLACEHOLDER_SIDE, fit: 'inside' } as const;
  const pixels = base?.pixels ?? (await readPixels(withTimeout(source.open().autoOrient().resize(side))));
  await source.warnings();
  return { ...(await makePlaceholder(pixels)), ...(!source.isVector && rounded(source.uprightSize)) };
}

export function renderFailureOf(error: unknown): RenderFailure {
  if (error instanceof ImageServiceError) {
    return { code: error.code, detail: error.message, retryable: error.retryable };
  }
  return { code: 'processing_failed', detail: (error as Error).message, retryable: true };
}
