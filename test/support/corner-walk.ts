import { openSource } from '../../containers/worker/pipeline/run-pipeline.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { budgetOf, checkBudget } from '../../shared/domain/budget.ts';
import type { Pipeline } from '../../shared/domain/commands.ts';
import { type Estimate, estimate } from '../../shared/domain/estimate.ts';
import type { Original } from '../../shared/domain/original.ts';
import { openCorners, pipelineOf, writeOriginal } from './corners.ts';
import { DEFAULT_LIMITS } from './rendition-run.ts';

/** What a corner was estimated at and came to. */
export interface Walked {
  corner: string;
  outcome: string;
  code: string;
  isRendered: boolean;
  estimated: Estimate;
  cpuSeconds: number;
  peakMiB: number;
}

/** A command by a parameter that makes it slower; the highest that is admitted is taken. */
type Ladder = [values: readonly number[], command: (value: number) => object];

const LADDERS: Record<string, Ladder> = {
  median: [[3, 9, 25, 60, 150, 400, 1000], (size) => ({ operation: 'median', size })],
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
  small: [{ operation: 'resize', width: 300 }],
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
  cropped: [{ operation: 'crop', ratio: '1:1', position: 'attention' }],
  'entropy resize': [{ operation: 'resize', width: 1500, height: 900, position: 'entropy' }],
  'enlarged and blurred': [
    { operation: 'resize', width: 3500, height: 3500, fit: 'fill' },
    { operation: 'blur', sigma: 40 },
  ],
};

/** By format of the result: options that are slow, with the efforts in order. */
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
  /** From the cheapest to the dearest: the last that is admitted is walked, and the first that is refused. */
  steps: Pipeline[];
}

/** Commands at full size into a quick output, and all outputs of the image as it is and made small. */
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
  // Commands work on pixels, whatever format they came in: all of them once, with transparency and without.
  return ['png', 'jpeg'].includes(original)
    ? [...commands, ...ladders, ...outputs]
    : [...commands.slice(0, 3), ...outputs];
}

const MiB = 1024 ** 2;
/** What an image process has without an image does not grow with it. */
const EMPTY_MIB = 100;
const PROCESS_MIB = 1536;

interface Walk {
  folder: string;
  name: string;
  pixels: number;
  scale: number;
}

/** Has an image process do of each corner the dearest step that is admitted and the next, which is to be refused. */
export async function walkCorners(corners: Corner[], { folder, name, pixels, scale }: Walk): Promise<Walked[]> {
  const memoryMiB = EMPTY_MIB + Math.floor((PROCESS_MIB - EMPTY_MIB) * scale);
  const budget = budgetOf({
    timeoutSeconds: QUEUE_TIMING.processingTimeoutSeconds * scale,
    memoryBytes: memoryMiB * MiB,
  });
  const path = await writeOriginal(folder, name, pixels);
  const { kind, size } = await openSource(path, DEFAULT_LIMITS);
  const original: Original = { ...kind, ...size };
  const walk = openCorners(folder, { memoryMiB, budget });
  const walked: Walked[] = [];
  try {
    for (const corner of corners) {
      const refused = corner.steps.filter((step) => !isAdmitted(() => checkBudget({ original, ...step }, budget)));
      const admitted = corner.steps.filter((step) => !refused.includes(step));
      for (const step of [admitted.at(-1), refused[0]]) {
        if (!step) continue;
        const { outcome, detail, isRendered, cpuSeconds, peakMiB } = await walk.run(path, step);
        const estimated = estimate({ original, ...step });
        const [last] = step.commands.slice(-1);
        const corner_ = `${name}: ${corner.name}, ${JSON.stringify(last ?? {}).slice(0, 60)} ${JSON.stringify(step.output)}`;
        walked.push({ corner: corner_, outcome, code: detail, isRendered, estimated, cpuSeconds, peakMiB });
      }
    }
  } finally {
    await walk.stop();
  }
  return walked;
}

function isAdmitted(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** One line for each corner: what was estimated beside what came. */
export function tableOf(walked: Walked[]): string {
  const lines = walked.map(({ corner, outcome, estimated, cpuSeconds, peakMiB }) =>
    [
      outcome.padEnd(20),
      `${estimated.seconds.toFixed(1)} s → ${cpuSeconds.toFixed(1)} s`.padStart(18),
      `${Math.round(estimated.bytes / MiB)} → ${Math.round(peakMiB)} MiB`.padStart(20),
      ` ${corner}`,
    ].join(' '),
  );
  return lines.join('\n');
}
