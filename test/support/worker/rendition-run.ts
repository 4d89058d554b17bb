import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureSharp } from '../../../containers/worker/pipeline/configure-sharp.ts';
import type { PipelineResult } from '../../../containers/worker/pipeline/output/encode-result.ts';
import { openSource, type PipelineLimits, runPipeline } from '../../../containers/worker/pipeline/run-pipeline.ts';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { budgetOf } from '../../../shared/domain/budget.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { look, type Picture } from '../images/picture.ts';

// Disables the cache, like an image process: cached decoders report their findings too late.
configureSharp();

export const WATERMARK_ID = createImageId();

export interface Run {
  commands?: object[];
  output?: object;
  /** The image that WATERMARK_ID stands for. */
  watermark?: Buffer;
  /** Hears that it is asked for. */
  onWatermark?: () => void;
  limits?: Partial<PipelineLimits>;
  /** One command to a pass. */
  isUnfused?: boolean;
  signal?: AbortSignal;
}

export const DEFAULT_LIMITS: PipelineLimits = {
  maxInputPixels: LIMITS.inputPixels,
  maxInputChannels: LIMITS.inputChannels,
  maxOutputPixels: LIMITS.outputPixels,
  maxAnimationPixels: LIMITS.animationPixels,
  timeoutSeconds: QUEUE_TIMING.processingTimeoutSeconds,
  budget: budgetOf({ timeoutSeconds: QUEUE_TIMING.processingTimeoutSeconds, memoryBytes: 1536 * 1024 ** 2 }),
};

/** The same for work that must run into a limit: nothing is refused beforehand because of its cost. */
export const LIMITS_WITHOUT_BUDGET: PipelineLimits = {
  ...DEFAULT_LIMITS,
  budget: { seconds: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER },
};

/** Runs a pipeline, in the format of the API, on an encoded image. The result is a lossless PNG by default. */
export async function render(image: Buffer, run: Run = {}): Promise<PipelineResult> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'worker-test-'));
  const path = join(folder.path, 'original');
  await writeFile(path, image);
  const pipeline = parsePipeline({ commands: run.commands ?? [], output: run.output ?? { format: 'png' } });
  const limits = { ...DEFAULT_LIMITS, ...run.limits };
  return await runPipeline(await openSource(path, limits), pipeline, {
    limits,
    isUnfused: run.isUnfused ?? false,
    signal: run.signal ?? new AbortController().signal,
    fetchWatermark: async () => {
      run.onWatermark?.();
      const watermark = join(folder.path, 'watermark');
      await writeFile(watermark, run.watermark ?? Buffer.alloc(0));
      return watermark;
    },
  });
}

/** The same, with the result decoded. */
export const view = async (image: Buffer, run: Run = {}): Promise<Picture> => look((await render(image, run)).data);
