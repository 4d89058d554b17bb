import Joi from 'joi';
import { LIMITS } from '../domain/limits.ts';
import { DEFAULT_OWNER_LIMITS, type OwnerLimitName, type OwnerLimitValues } from '../domain/owner-limits.ts';

const count = () => Joi.number().integer().min(1).max(Number.MAX_SAFE_INTEGER);

/** A limit that may not exist. */
const optional = (what: string) => count().allow(null).description(what);

/** What each limit of an owner means, and what it may be. */
export const OWNER_LIMIT_SCHEMAS: Record<OwnerLimitName, Joi.NumberSchema> = {
  requestsPerMinute: optional('Requests of an owner in a minute, over all of its keys and tokens of issuers.'),
  requestsPerMinuteAndAddress: optional(
    'Requests in a minute from one address without valid credentials, or with upload tokens.',
  ),
  uploadsAtOnce: optional(
    'Whole uploads, and parts of uploads through the service, that an owner sends at once; and as many that are sent with its upload tokens.',
  ),
  openUploads: count().max(LIMITS.openUploads).description('Uploads in parts that an owner may have open.'),
  storedBytes: optional('Bytes of all originals of an owner.'),
  images: optional('Images of an owner.'),
  renditionsPerRequest: count().max(LIMITS.renditionsPerRequest).description('Renditions that one request asks for.'),
  renditionsPerImage: count().max(LIMITS.renditionsPerImage).description('Renditions of one image.'),
  renditionsPerDay: optional('Renditions of an owner that are asked for in a day, UTC.'),
  processingSecondsPerDay: optional(
    'Processor seconds that the renditions of an owner take in a day, UTC. Those that are under way when it is reached are made.',
  ),
};

const schema = Joi.object<Partial<OwnerLimitValues>, true>(OWNER_LIMIT_SCHEMAS);

const readOwnerLimits: Joi.CustomValidator<string, OwnerLimitValues> = (text, helpers) => {
  try {
    return { ...DEFAULT_OWNER_LIMITS, ...Joi.attempt(JSON.parse(text), schema) };
  } catch (error) {
    return helpers.message({ custom: `OWNER_LIMITS must be limits as JSON: ${(error as Error).message}` });
  }
};

const describedDefaults = Object.entries(DEFAULT_OWNER_LIMITS)
  .map(([name, value]) => `\`${name}\` (${value ?? 'none'})`)
  .join(', ');

/** The setting OWNER_LIMITS. */
export const ownerLimitsSetting = Joi.string()
  .custom(readOwnerLimits)
  .description(
    `The limits of each owner, as JSON, with their defaults: ${describedDefaults}. \`null\` is no limit, and \`{}\` all defaults. Without this setting there are only those limits that GET /v1/limits tells. Must be the same for all services of the API.`,
  );
