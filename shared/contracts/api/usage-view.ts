import Joi from 'joi';
import type { OwnerLimitName, OwnerLimitValues, UsedByOwner } from '../../domain/owner-limits.ts';
import { OWNER_LIMIT_SCHEMAS } from '../owner-limits.ts';

type Used = keyof UsedByOwner;

/** The response to `GET /v1/usage`. */
export interface UsageView {
  owner: string;
  limits: OwnerLimitValues;
  used: UsedByOwner;
  /** `null` where there is no limit. */
  remaining: Record<Used, number | null>;
  resetsAt: string;
}

export function usageView(owner: string, limits: OwnerLimitValues, used: UsedByOwner, now = new Date()): UsageView {
  const remaining = (name: Used) => {
    const limit = limits[name];
    return limit === null ? null : Math.max(0, limit - used[name]);
  };
  const names = Object.keys(used) as Used[];
  const midnight = new Date(now);
  midnight.setUTCHours(24, 0, 0, 0);
  return {
    ...{ owner, limits, used },
    remaining: Object.fromEntries(names.map((name) => [name, remaining(name)])) as UsageView['remaining'],
    resetsAt: midnight.toISOString(),
  };
}

const MEASURED = [
  'images',
  'storedBytes',
  'openUploads',
  'renditionsPerDay',
  'processingSecondsPerDay',
] as const satisfies Used[];

const describedLimit = (name: OwnerLimitName): string =>
  (OWNER_LIMIT_SCHEMAS[name].describe().flags as { description: string }).description;

/** A figure, or `null` where there is no limit. */
const figure = () => Joi.number().min(0).allow(null).required();

export const ownerLimitsSchema = Joi.object(
  Object.fromEntries(
    (Object.keys(OWNER_LIMIT_SCHEMAS) as OwnerLimitName[]).map((name) => [
      name,
      figure().description(describedLimit(name)),
    ]),
  ),
);

export const usedByOwnerSchema = Joi.object(
  Object.fromEntries(MEASURED.map((name) => [name, Joi.number().min(0).required()])),
);

export const leftToOwnerSchema = Joi.object(Object.fromEntries(MEASURED.map((name) => [name, figure()])));

export const usageViewSchema = Joi.object<UsageView>({
  owner: Joi.string().required(),
  limits: ownerLimitsSchema
    .required()
    .description('The limits of every owner of this deployment; `null` where there is none.'),
  used: usedByOwnerSchema.required().description('What is stored and open now, and what was made today (UTC).'),
  remaining: leftToOwnerSchema.required().description('What the limits leave; `null` where there is no limit.'),
  resetsAt: Joi.string().isoDate().required().description('When the figures of the day begin again.'),
});
