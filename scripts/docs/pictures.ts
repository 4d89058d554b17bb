import { COMMANDS } from '../../shared/contracts/api/command-schemas.ts';
import { PRESETS } from '../../shared/contracts/api/presets.ts';
import type { Command, Operation, Output, Pipeline } from '../../shared/domain/commands.ts';

/** The images that the pictures are made from, with what they show; samples.ts makes them. */
export const SAMPLES = {
  scene: 'a photograph',
  sideways: 'the photograph as stored, lying on its side',
  framed: 'a balloon with much paper around it',
  logo: 'a logo, transparent around its shapes',
  hazy: 'a hazy photograph',
  dark: 'a photograph with too little light',
  specked: 'a photograph with specks',
  soft: 'a photograph out of focus',
  animation: 'an animation',
} as const;

export type Sample = keyof typeof SAMPLES;

/** Images that show better than the photograph what a command is for. */
const SAMPLE_OF: Partial<Record<Operation, Sample>> = {
  autoOrient: 'sideways',
  trim: 'framed',
  flatten: 'logo',
  sharpen: 'soft',
  median: 'specked',
  gamma: 'dark',
  normalise: 'hazy',
  clahe: 'dark',
  linear: 'hazy',
};

export const sampleOf = (operation: Operation): Sample => SAMPLE_OF[operation] ?? 'scene';

/** A command as a request writes it; what stands for the id of the logo is replaced when the logo has one. */
export type CommandRequest = { operation: Operation } & Record<string, unknown>;

/** A rendition to be shown; its name is that of its file as well. */
export interface Picture {
  name: string;
  sample: Sample;
  commands: readonly object[];
  output: Output;
}

/** Pixels: how wide an image is before the command that is shown. */
export const WIDTH = 360;

const PICTURE: Output = { format: 'webp', quality: 75 };

const toWidth: CommandRequest = { operation: 'resize', width: WIDTH };
/** Naming autoOrient later in the list leaves the pixels as stored until then; they are as high as the result is to be wide. */
const prepare = (sample: Sample): CommandRequest =>
  sample === 'sideways'
    ? { operation: 'resize', height: WIDTH }
    : sample === 'specked'
      ? { operation: 'resize', width: WIDTH, kernel: 'nearest' }
      : toWidth;

const before = (sample: Sample): Picture =>
  sample === 'sideways'
    ? {
        name: `before-${sample}`,
        sample: 'scene',
        commands: [toWidth, { operation: 'rotate', angle: 270 }],
        output: PICTURE,
      }
    : { name: `before-${sample}`, sample, commands: [prepare(sample)], output: PICTURE };

export const operations = Object.keys(COMMANDS) as Operation[];

/** The commands of the examples of an operation, as a request writes them. */
export const examplesOf = (operation: Operation): CommandRequest[] =>
  COMMANDS[operation].examples.map((parameters) => ({ operation, ...parameters }));

export const exampleName = (operation: Operation, index: number): string => `${operation}-${index + 1}`;

const examplePictures = (operation: Operation): Picture[] =>
  examplesOf(operation).map((command, index) => {
    const sample = sampleOf(operation);
    return { name: exampleName(operation, index), sample, commands: [prepare(sample), command], output: PICTURE };
  });

const gray: CommandRequest = { operation: 'grayscale' };
const mark: CommandRequest = { operation: 'watermark', imageId: '$LOGO', scale: 0.6, gravity: 'south', offsetY: 6 };

/** One list in two orders. */
export const ORDERS: Record<'order-1' | 'order-2', CommandRequest[]> = {
  'order-1': [gray, mark],
  'order-2': [mark, gray],
};

/** Pixels: small, because some encodings are large. */
const DETAIL_WIDTH = 150;

/** A part of the photograph with edges, areas and colours. */
const DETAIL: CommandRequest[] = [
  { operation: 'crop', left: 790, top: 40, width: 450, height: 300 },
  { operation: 'resize', width: DETAIL_WIDTH },
];

/** Encodings of one small image, by their name. */
export const ENCODINGS: Record<string, { sample: Sample; output: Output }> = {
  'output-jpeg': { sample: 'scene', output: { format: 'jpeg' } },
  'output-jpeg-30': { sample: 'scene', output: { format: 'jpeg', quality: 30 } },
  'output-jpeg-mozjpeg': { sample: 'scene', output: { format: 'jpeg', mozjpeg: true } },
  'output-png': { sample: 'scene', output: { format: 'png' } },
  'output-png-palette': { sample: 'scene', output: { format: 'png', palette: true } },
  'output-webp': { sample: 'scene', output: { format: 'webp' } },
  'output-webp-30': { sample: 'scene', output: { format: 'webp', quality: 30 } },
  'output-webp-lossless': { sample: 'scene', output: { format: 'webp', lossless: true } },
  'output-avif': { sample: 'scene', output: { format: 'avif' } },
  'output-avif-30': { sample: 'scene', output: { format: 'avif', quality: 30 } },
  'output-gif': { sample: 'scene', output: { format: 'gif' } },
  'output-tiff': { sample: 'scene', output: { format: 'tiff' } },
  'output-max-bytes': { sample: 'scene', output: { format: 'webp', maxBytes: 2000 } },
  'output-auto-photograph': { sample: 'scene', output: { format: 'auto' } },
  'output-auto-drawing': { sample: 'logo', output: { format: 'auto' } },
};

const encodingPictures: Picture[] = Object.entries(ENCODINGS).map(([name, { sample, output }]) => ({
  name,
  sample,
  commands: sample === 'scene' ? DETAIL : [{ operation: 'resize', width: DETAIL_WIDTH }],
  output,
}));

/** Presets with results of more pixels a side are not shown: their pictures would be most of all bytes. */
const MOST_SHOWN = 400;

const isShown = ({ commands }: Pipeline): boolean =>
  commands.some((command: Command) => command.operation === 'resize' && (command.width ?? 0) <= MOST_SHOWN);

export const presetName = (preset: string): string => `preset-${preset}`;

const presetPictures: Picture[] = [...PRESETS]
  .filter(([, pipeline]) => isShown(pipeline))
  .map(([preset, { commands, output }]) => ({ name: presetName(preset), sample: 'scene', commands, output }));

/** An animation that stays one. */
const ANIMATED: Picture = {
  name: 'animation-1',
  sample: 'animation',
  commands: [
    { operation: 'resize', width: 180 },
    { operation: 'roundCorners', radius: 24 },
  ],
  output: { format: 'webp', quality: 60 },
};

/** Every picture of the documentation. */
export const PICTURES: Picture[] = [
  ...[...new Set(operations.map(sampleOf))].map(before),
  ...operations.flatMap(examplePictures),
  ...Object.entries(ORDERS).map(
    ([name, commands]): Picture => ({ name, sample: 'scene', commands: [toWidth, ...commands], output: PICTURE }),
  ),
  ...encodingPictures,
  ANIMATED,
  ...presetPictures,
];
