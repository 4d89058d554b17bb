import { openSource } from '../../../containers/worker/pipeline/run-pipeline.ts';
import { describeOriginal } from '../../../containers/worker/pipeline/source/describe-original.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { type Budget, budgetOf, checkBudget } from '../../../shared/domain/budget.ts';
import type { Pipeline } from '../../../shared/domain/commands.ts';
import { EMPTY_PROCESS_BYTES, type Estimate, estimate, type Work } from '../../../shared/domain/estimate.ts';
import { openCorners, pipelineOf, writeOriginal } from './corners.ts';
import { DEFAULT_LIMITS, WATERMARK_ID } from './rendition-run.ts';

/** The estimate and the measurement of a corner case. */
export interface Walked {
  corner: string;
  outcome: string;
  code: string;
  isRendered: boolean;
  estimated: Estimate;
  cpuSeconds: number;
  peakMiB: number;
}

/** A command with a parameter that makes it slower. The highest admitted value is taken. */
type Ladder = [values: readonly number[], command: (value: number) => object];

const LADDERS: Record<string, Ladder> = {
  median: [[3, 9, 25, 60, 150, 250, 400, 500, 700, 1000], (size) => ({ operation: 'median', size })],
  blur: [[0.3, 5, 30, 100, 200, 201, 400, 1000], (sigma) => ({ operation: 'blur', sigma })],
  sharpen: [[0.5, 2, 5, 10], (sigma) => ({ operation: 'sharpen', sigma })],
  clahe: [[3, 30, 100, 300, 900, 2000], (side) => ({ operation: 'clahe', width: side, height: side })],
  text: [
    [8, 60, 250, 1000],
    (fontSize) => ({ operation: 'watermarkText', text: 'W'.repeat(128), fontSize, angle: 45 }),
  ],
  wideText: [[0.1, 0.5, 1], (scale) => ({ operation: 'watermarkText', text: 'Wide', scale, angle: 30 })],
};

const PLAIN: Record<string, object[]> = {
  nothing: [],
  small: [{ operation: 'resize', width: 300, height: 300, fit: 'inside' }],
  'turned and mirrored': [
    { operation: 'flip' },
    { operation: 'rotate', angle: 180 },
    { operation: 'flip' },
    { operation: 'rotate', angle: 90 },
  ],
  askew: [
    { operation: 'resize', width: 2000 },
    { operation: 'rotate', angle: 30 },
  ],
  colours: [{ operation: 'modulate', hue: 40 }, { operation: 'normalise' }, { operation: 'tint', tint: '#aa8844' }],
  threshold: [{ operation: 'threshold', grayscale: false }],
  trim: [{ operation: 'trim', threshold: 0 }],
  rounded: [{ operation: 'roundCorners' }],
  watermark: [{ operation: 'watermark', imageId: WATERMARK_ID, scale: 1, opacity: 0.5 }],
  cropped: [{ operation: 'crop', ratio: '1:1', position: 'attention' }],
  'entropy resize': [{ operation: 'resize', width: 1500, height: 900, position: 'entropy' }],
  'enlarged and blurred': [
    { operation: 'resize', width: 3500, height: 3500, fit: 'fill' },
    { operation: 'blur', sigma: 40 },
  ],
};

/** Slow options by the format of the result, with the efforts in order. */
const OUTPUTS: Record<string, [efforts: readonly (number | undefined)[], options: object][]> = {
  jpeg: [
    [[undefined], { quality: 100 }],
    [[undefined], { mozjpeg: true, quality: 100 }],
    [[undefined], { maxBytes: 5000 }],
  ],
  png: [
    [[undefined], {}],
    [[undefined], { progressive: true }],
    [[undefined, 1, 4, 7, 10], { palette: true }],
  ],
  webp: [
    [[undefined, 0, 2, 4, 5, 6], {}],
    [[undefined, 0, 2, 4, 6], { lossless: true }],
    [[undefined, 0, 4, 6], { lossless: true, quality: 100 }],
    [[undefined], { maxBytes: 5000 }],
  ],
  avif: [
    [[undefined, 0, 1, 2, 3, 4, 9], {}],
    [[undefined, 0], { lossless: true }],
    [[undefined], { maxBytes: 5000 }],
  ],
  gif: [[[undefined, 1, 5, 10], {}]],
  tiff: [
    [[undefined], {}],
    [[undefined], { quality: 100 }],
  ],
  auto: [
    [[undefined], {}],
    [[undefined], { maxBytes: 5000 }],
  ],
};

interface Corner {
  name: string;
  /** Steps from the cheapest to the dearest. The last admitted one and the first refused one are walked. */
  steps: Pipeline[];
}

/** Commands at full size with a quick output, and all outputs of the image, unchanged and reduced. */
export function cornersOf(original: string): Corner[] {
  const commands = Object.entries(PLAIN).map(([name, list]) => ({
    name,
    steps: [pipelineOf(list, { format: 'jpeg' })],
  }));
  const ladders = Object.entries(LADDERS).map(([name, [values, command]]) => ({
    name,
    steps: values.map((value) => pipelineOf([command(value)], { format: 'jpeg' })),
  }));
  const outputs = Object.entries(OUTPUTS).flatMap(([format, all]) =>
    all.map(([efforts, options]) => ({
      name: `${format} ${JSON.stringify(options)}`,
      steps: efforts.map((effort) => pipelineOf([], { format, ...options, ...(effort !== undefined && { effort }) })),
    })),
  );
  // The cost of commands depends on the shape of an image too: windows do not fit into a thin one.
  if (['highPng', 'widePng'].includes(original))
    return [...commands, ...ladders.filter(({ name }) => name !== 'median' && name !== 'clahe')];
  // Commands work on pixels, whatever format they came in: all of them once, with transparency and without.
  return ['png', 'jpeg'].includes(original)
    ? [...commands, ...ladders, ...outputs]
    : [...commands.slice(0, 5), ...outputs];
}

const MiB = 1024 ** 2;
const PROCESS_MIB = 1536;

interface Walk {
  folder: string;
  /** The name of an original in corners.ts. */
  name: string;
  /** The ratio of pixels, time and memory to those in production. */
  scale: number;
}

/** The budget of a rendition in production, at a scale. */
export const budgetAt = (scale: number): Budget =>
  budgetOf({
    timeoutSeconds: QUEUE_TIMING.processingTimeoutSeconds * scale,
    // The memory of a process without an image does not scale.
    memoryBytes: EMPTY_PROCESS_BYTES + (PROCESS_MIB * MiB - EMPTY_PROCESS_BYTES) * scale,
  });

/** The dearest admitted step of each corner, and the next step, which must be refused. */
export const edgesOf =
  (budget: Budget): Choice =>
  (steps, work) => {
    const refused = steps.filter((step) => !isAdmitted(() => checkBudget(work(step), budget)));
    const admitted = steps.filter((step) => !refused.includes(step));
    return [admitted.at(-1), refused[0]].filter((step) => step !== undefined);
  };

/** All steps of each corner whose estimates are at most the given seconds. */
export const withinSeconds =
  (most: number): Choice =>
  (steps, work) =>
    steps.filter((step) => estimate(work(step)).seconds <= most);

type Choice = (steps: Pipeline[], work: (step: Pipeline) => Work) => Pipeline[];

/** Runs steps of each corner in an image process with the given budget. */
export async function* walkCorners(
  corners: Corner[],
  { folder, name, scale }: Walk,
  { budget, choose }: { budget: Budget; choose: Choice },
): AsyncGenerator<Walked> {
  const path = await writeOriginal(folder, name, scale);
  const source = await openSource(path, DEFAULT_LIMITS);
  const work = (step: Pipeline): Work => {
    const original = describeOriginal(source, step, DEFAULT_LIMITS);
    return { ...step, original, overlays: { [WATERMARK_ID]: original } };
  };
  for (const corner of corners) {
    for (const step of choose(corner.steps, work)) {
      // Runs in a new process, which has no memory from the step before.
      const walk = openCorners(folder, budget);
      try {
        const { detail: code, ...outcome } = await walk.run(path, step, { [WATERMARK_ID]: path });
        const last = JSON.stringify(step.commands.at(-1) ?? {}).slice(0, 60);
        const described = `${name}: ${corner.name}, ${last} ${JSON.stringify(step.output)}`;
        yield { ...outcome, corner: described, code, estimated: estimate(work(step)) };
      } finally {
        await walk.stop();
      }
    }
  }
}

function isAdmitted(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** The estimate beside the measurement, and their ratio. */
export const lineOf = ({ corner, outcome, estimated, cpuSeconds, peakMiB }: Walked): string =>
  [
    outcome.padEnd(20),
    `${estimated.seconds.toFixed(1)} s → ${cpuSeconds.toFixed(1)} s`.padStart(18),
    (cpuSeconds / estimated.seconds).toFixed(2),
    `${Math.round(estimated.bytes / MiB)} → ${Math.round(peakMiB)} MiB`.padStart(20),
    ((peakMiB * MiB) / estimated.bytes).toFixed(2),
    ` ${corner}`,
  ].join(' ');
