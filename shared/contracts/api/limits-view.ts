import Joi from 'joi';
import { ECONOMY_MODES, type EconomyModeValue } from '../../domain/economy-mode.ts';
import { acceptedMediaTypes, OUTPUT_FORMATS } from '../../domain/formats/image-format.ts';
import { VISIBILITIES, type Visibility } from '../../domain/image-record.ts';
import { LIMITS } from '../../domain/limits.ts';
import { MODERATION_SETTINGS, type ModerationSetting } from '../../domain/moderation.ts';
import type { TransformationControl } from '../../domain/transformation-control.ts';
import type { Environment } from '../environment.ts';
import type { RunningVersion } from '../running-version.ts';
import { transformationsSchema } from '../transformations.ts';
import { COMMANDS } from './command-schemas.ts';
import { PRESETS } from './presets.ts';

/** What becomes of images that are uploaded now. */
export interface NewImages {
  visibility: Visibility;
  moderation: ModerationSetting;
  originalMetadata: Environment['ORIGINAL_METADATA'];
  svgSanitizing: Environment['SVG_SANITIZING'];
}

/** The same, of a service's settings. */
export const newImagesOf = (
  config: Pick<Environment, 'DEFAULT_VISIBILITY' | 'MODERATION' | 'ORIGINAL_METADATA' | 'SVG_SANITIZING'>,
): NewImages => ({
  visibility: config.DEFAULT_VISIBILITY,
  moderation: config.MODERATION,
  originalMetadata: config.ORIGINAL_METADATA,
  svgSanitizing: config.SVG_SANITIZING,
});

interface LimitsSettings {
  heic?: boolean | undefined;
  running?: RunningVersion | undefined;
  economyMode?: EconomyModeValue | undefined;
  transformations?: TransformationControl | undefined;
  newImages: NewImages;
}

/** The response to `GET /v1/limits`: what runs, and everything that a client would otherwise learn by being refused. */
export const limitsView = ({
  heic = false,
  running = {},
  economyMode = 'off',
  transformations = { mode: 'any' },
  newImages,
}: LimitsSettings) => ({
  service: running,
  economyMode,
  limits: LIMITS,
  acceptedMediaTypes: acceptedMediaTypes(heic),
  outputFormats: OUTPUT_FORMATS,
  operations: Object.keys(COMMANDS),
  presets: Object.fromEntries(PRESETS),
  transformations,
  newImages,
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

export const newImagesSchema = Joi.object<NewImages, true>({
  visibility: Joi.string()
    .valid(...VISIBILITIES)
    .required()
    .description('Who may see an image whose upload does not say it.'),
  moderation: Joi.string()
    .valid(...MODERATION_SETTINGS)
    .required()
    .description('Which images wait until somebody approves them before anybody gets their bytes.'),
  originalMetadata: Joi.string()
    .valid('keep', 'strip-public', 'strip-all')
    .required()
    .description(
      'Of which images personal metadata leave the original before it is stored: its bytes and checksum are others then than those that were sent.',
    ),
  svgSanitizing: Joi.string()
    .valid('off', 'public', 'all')
    .required()
    .description('Which SVGs lose what could run a program or load something before they are stored.'),
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
  newImages: newImagesSchema.required().description('What becomes of images that are uploaded now.'),
});
