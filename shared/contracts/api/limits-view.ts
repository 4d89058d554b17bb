import Joi from 'joi';
import { ECONOMY_MODES, type EconomyModeValue } from '../../domain/economy-mode.ts';
import { acceptedMediaTypes, OUTPUT_FORMATS } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { TransformationControl } from '../../domain/transformation-control.ts';
import type { RunningVersion } from '../running-version.ts';
import { transformationsSchema } from '../transformations.ts';
import { COMMANDS } from './command-schemas.ts';
import { PRESETS } from './presets.ts';

interface LimitsSettings {
  heic?: boolean | undefined;
  running?: RunningVersion | undefined;
  economyMode?: EconomyModeValue | undefined;
  transformations?: TransformationControl | undefined;
}

/** The response to `GET /v1/limits`: what runs, and everything that a client would otherwise learn by being refused. */
export const limitsView = ({
  heic = false,
  running = {},
  economyMode = 'off',
  transformations = { mode: 'any' },
}: LimitsSettings) => ({
  service: running,
  economyMode,
  limits: LIMITS,
  acceptedMediaTypes: acceptedMediaTypes(heic),
  outputFormats: OUTPUT_FORMATS,
  operations: Object.keys(COMMANDS),
  presets: Object.fromEntries(PRESETS),
  transformations,
});

export type LimitsView = ReturnType<typeof limitsView>;

const names = Joi.array().items(Joi.string()).required();

export const limitFiguresSchema = Joi.object(
  Object.fromEntries(Object.keys(LIMITS).map((name) => [name, Joi.number().integer().required()])),
);

export const runningVersionSchema = Joi.object({
  version: Joi.string().description('The release, as in CHANGELOG.md. Absent where it is unknown.'),
  revision: Joi.string().description('The git commit. Absent where it is unknown, as in `npm start`.'),
});

export const limitsViewSchema = Joi.object({
  service: runningVersionSchema.required().description('What runs.'),
  economyMode: Joi.string()
    .valid(...ECONOMY_MODES)
    .required()
    .description(
      'While it is `on`, new renditions are encoded with the lowest effort, which makes their files larger, and no AVIF or WebP is made of renditions of the format `auto`: those that exist are sent.',
    ),
  limits: limitFiguresSchema.required().description('Figures, with their unit in the name.'),
  acceptedMediaTypes: names,
  outputFormats: names,
  operations: names,
  presets: Joi.object().unknown().required().description('Pipelines by name.'),
  transformations: transformationsSchema
    .required()
    .description('The renditions that may be asked for here; others are refused with `transformation_not_allowed`.'),
});
