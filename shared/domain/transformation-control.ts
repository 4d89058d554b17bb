import { type Command, type Operation, type Output, type Pipeline, traitsOf } from './commands.ts';
import { ImageServiceError } from './errors.ts';
import { fingerprintOf } from './fingerprint.ts';
import { VARIANT_FORMATS, type VariantFormat } from './variant.ts';

/** `any`: every rendition that the API knows. `presets`: those only. `listed`: presets, and renditions whose parts are all in the lists. */
export const TRANSFORMATION_MODES = ['any', 'presets', 'listed'] as const;

/** The renditions that a deployment makes. A list that is absent allows everything of its kind. */
export interface TransformationControl {
  mode: (typeof TRANSFORMATION_MODES)[number];
  /** Pixels that a command may name as a width, and as a height; where one list is absent, the other counts for both. */
  widths?: number[];
  heights?: number[];
  formats?: Output['format'][];
  qualities?: number[];
  operations?: Operation[];
}

/** What is wrong with a rendition: the path in it, and what is allowed there. */
interface Refusal {
  path: string;
  message: string;
}

/** Checks renditions that are asked for; throws `transformation_not_allowed`. */
export type TransformationCheck = (renditions: readonly Pipeline[]) => void;

/**
 * Makes the check of a deployment. A preset is known by its pipeline and not by its name, which callers choose. It is for requests only: what has been
 * queued is made, whatever the deployment allows by then.
 */
export function transformationCheck(
  control: TransformationControl,
  presets: ReadonlyMap<string, Pipeline>,
): TransformationCheck {
  if (control.mode === 'any') return () => undefined;
  const known = new Set([...presets.values()].map(pipelineFingerprint));
  const names = [...presets.keys()].join(', ');
  return (renditions) => {
    const errors = renditions.flatMap((rendition, index) => {
      if (known.has(pipelineFingerprint(rendition))) return [];
      const refusals = control.mode === 'presets' ? [onlyPresets(names)] : refusalsOf(rendition, control);
      return refusals.map(({ path, message }) => ({ path: `renditions[${index}]${path}`, message }));
    });
    if (errors.length > 0) throw notAllowed(errors);
  };
}

/** The formats in which this deployment makes renditions of the format `auto` for clients that accept them. A variant is no preset. */
export function variantFormatsOf({ mode, formats }: TransformationControl = { mode: 'any' }): VariantFormat[] {
  if (mode === 'presets') return [];
  return VARIANT_FORMATS.filter((format) => !formats || formats.includes(format));
}

const pipelineFingerprint = ({ commands, output }: Pipeline): string => fingerprintOf({ commands, output });

const onlyPresets = (names: string): Refusal => ({ path: '', message: `must be one of the presets ${names}` });

/** Every pipeline begins with it, named or not. */
const ALWAYS: readonly Operation[] = ['autoOrient'];

/** All that the lists do not allow of a rendition. */
function refusalsOf({ commands, output }: Pipeline, control: TransformationControl): Refusal[] {
  const { formats, qualities, operations } = control;
  const lastSized = commands.findLastIndex((command) => namesSides(command));
  return [
    ...commands.flatMap((command, index) =>
      [
        ...unlisted(command.operation, operations && [...operations, ...ALWAYS], 'operation'),
        ...sizeRefusals(command, control, index < lastSized),
      ].map(({ path, message }) => ({ path: `.commands[${index}]${path}`, message })),
    ),
    ...unlisted(output.format, formats, 'output.format'),
    ...unlisted(output.quality, qualities, 'output.quality'),
    ...(qualities && output.maxBytes !== undefined
      ? [{ path: '.output.maxBytes', message: 'is not allowed, because it chooses a quality by itself' }]
      : []),
  ];
}

/** The sides that a command gives the image. Other widths, such as those of tiles, belong to commands that leave the size as it is. */
const sidesOf = (command: Command): { width?: number; height?: number } =>
  traitsOf(command).sizeAfter === 'same' ? {} : (command as { width?: number; height?: number });

function namesSides(command: Command): boolean {
  const { width, height } = sidesOf(command);
  return width !== undefined || height !== undefined;
}

/** Named sides must be listed. What changes the size otherwise must come before a command that names sides, so that the result has a size that is listed. */
function sizeRefusals(command: Command, { widths, heights }: TransformationControl, isSizedLater: boolean): Refusal[] {
  const [wide, high] = [widths ?? heights, heights ?? widths];
  if (!wide || traitsOf(command).sizeAfter === 'same') return [];
  if (namesSides(command)) {
    const { width, height } = sidesOf(command);
    return [...unlisted(width, wide, 'width'), ...unlisted(height, high, 'height')];
  }
  if (isSizedLater) return [];
  const message = `changes the size, and must come before a command that names one of the sides ${wide.join(', ')}`;
  return [{ path: '.operation', message }];
}

/** Empty for a value that is absent, or in a list, or where there is no list. */
function unlisted<T>(value: T | undefined, list: readonly T[] | undefined, name: string): Refusal[] {
  if (value === undefined || !list || list.includes(value)) return [];
  return [{ path: `.${name}`, message: `is ${value}, and must be one of ${list.join(', ')}` }];
}

function notAllowed(errors: Refusal[]): ImageServiceError {
  const sentences = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new ImageServiceError(
    'transformation_not_allowed',
    `${sentences}. GET /v1/limits lists what this deployment makes.`,
    { errors },
  );
}
