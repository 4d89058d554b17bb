import Joi from 'joi';
import { VISIBILITIES } from '../domain/image-record.ts';
import { MODERATION_SETTINGS } from '../domain/moderation.ts';
import { isLoopbackHost } from './secure-url.ts';
import { readTransformations } from './transformations.ts';

const WEBHOOK_URLS =
  'MODERATION_WEBHOOK_URL must be a URL with https, or with http on this machine, and without a user';

/** 24 to 64 bytes in base64 have 32 to 88 characters. */
const WEBHOOK_SECRETS_PATTERN = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}(,whsec_[A-Za-z0-9+/]{32,86}={0,2})?$/;

/** Settings of what an image must go through before others see it, and of what may be made of it. */
export const IMAGE_SETTINGS = {
  DEFAULT_VISIBILITY: Joi.string()
    .valid(...VISIBILITIES)
    .default((parent?: { AUTHENTICATION?: string }) => (parent?.AUTHENTICATION === 'off' ? 'public' : 'private'))
    .description(
      'Who may see an image whose upload does not say it. By default `private`, and `public` while AUTHENTICATION is off, because then there is nobody to keep it from. Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  MODERATION: Joi.string()
    .valid(...MODERATION_SETTINGS)
    .default('off')
    .description(
      'Which new images wait until somebody approves them before their bytes are delivered, to their owners too: `public`, those that others may see; `all`; or none, `off`. Who decides is told by MODERATION_WEBHOOK_URL, or asks, and decides by `PUT /v1/images/{imageId}/moderation`. Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  MODERATION_WEBHOOK_URL: Joi.string()
    .uri({ scheme: ['https', 'http'] })
    .custom((value: string, helpers) => {
      const { protocol, hostname, username, password } = new URL(value);
      const isOpen = protocol === 'http:' && !isLoopbackHost(hostname);
      if (isOpen || username || password) return helpers.error('string.uri');
      const [settings] = helpers.state.ancestors as Partial<Record<string, string>>[];
      const lacks = settings && !(settings.MODERATION_WEBHOOK_SECRET && settings.LINK_KEYS);
      return lacks ? helpers.error('webhook.alone') : value;
    })
    // Its path may be a secret, which joi's own messages would write into the log.
    .messages({
      ...Object.fromEntries(['string.uri', 'string.uriCustomScheme'].map((code) => [code, WEBHOOK_URLS])),
      'webhook.alone':
        'MODERATION_WEBHOOK_URL needs MODERATION_WEBHOOK_SECRET, which signs what it is told, and LINK_KEYS, which open the bytes to it',
    })
    .description(
      'Who is told of each image that waits for approval, by a POST that is signed as Standard Webhooks. Nobody by default.',
    ),
  MODERATION_WEBHOOK_SECRET: Joi.string()
    .pattern(WEBHOOK_SECRETS_PATTERN)
    .messages({
      'string.pattern.base':
        'MODERATION_WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64, or two such secrets separated by a comma',
    })
    .description(
      'The secret that signs what MODERATION_WEBHOOK_URL is told, as Standard Webhooks has it: `whsec_` and 24 to 64 random bytes in base64. With two, separated by a comma, both sign, so that one can be replaced.',
    ),
  ORIGINAL_METADATA: Joi.string()
    .valid('keep', 'strip-public', 'strip-all')
    .default('keep')
    .description(
      'Of which images places, camera data, comments and other personal metadata leave the original before it is stored, without a change of its pixels: `strip-public`, `strip-all`, or of none (`keep`). Artist and Copyright of its EXIF stay. A file of which they cannot be removed is refused. Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  SVG_SANITIZING: Joi.string()
    .valid('off', 'public', 'all')
    .default('off')
    .description(
      'Which SVGs lose, before they are stored, what could run a program or load something: those of `public` images, `all`, or none (`off`). Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  TRANSFORMATIONS: Joi.string()
    .custom(readTransformations)
    .description(
      'Which renditions may be asked for, as JSON. `{"mode": "presets"}`: presets only. `{"mode": "listed", "widths": [320, 640], "formats": ["webp"]}`: presets, and renditions whose `widths`, `heights`, `formats`, `qualities` and `operations` are in these lists; what has no list is free, and of widths and heights one list counts for both. `{"mode": "any"}`, which is the default: all. Others are refused with 403 `transformation_not_allowed`. What was asked for before is made all the same.',
    ),
} as const satisfies Record<string, Joi.Schema>;
