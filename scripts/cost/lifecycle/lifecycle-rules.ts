import { CommandError } from '../../command-line.ts';
import { resourcesOf, type Stack, type Values } from '../../target-stack/synthesised-environment.ts';
import { SMALLEST_TIERED_BYTES, TRANSITION_CLASSES, type TransitionClass } from './storage-classes.ts';

export interface Transition {
  /** Days after an object was created. */
  days: number;
  to: TransitionClass;
}

/** An enabled rule of a bucket. */
export interface LifecycleRule {
  id: string;
  /** The rule is for keys that begin with this. */
  prefix: string;
  /** The rule is for objects of more bytes than this; undefined if its filter does not say. */
  largerThan?: number | undefined;
  /** The rule is for objects of fewer bytes than this. */
  smallerThan?: number | undefined;
  transitions: readonly Transition[];
  expirationDays?: number | undefined;
  noncurrentDays?: number | undefined;
  abortMultipartDays?: number | undefined;
  /** Whether it removes a delete marker when the last version of its object is gone. */
  removesDeleteMarkers: boolean;
}

export interface LifecycleRules {
  /** Whether deleted objects stay as noncurrent versions. */
  versioned: boolean;
  rules: readonly LifecycleRule[];
}

const refuse = (id: string, what: string): CommandError =>
  new CommandError(
    `The lifecycle rule ${id} ${what}, which the cost model does not know. Add it to scripts/cost/lifecycle/lifecycle-rules.ts, or leave it out of the stack.`,
  );

const first = (block: Values | Values[] | undefined): Values => (Array.isArray(block) ? block[0] : block) ?? {};

/** Reads the lifecycle rules of a bucket, named as in the synthesised JSON of a storage stack. */
export function readLifecycleRules(stack: Pick<Stack, 'resource'>, bucket = 'image-bucket'): LifecycleRules {
  if (!stack.resource.aws_s3_bucket?.[bucket])
    throw new CommandError(`The stack has no aws_s3_bucket.${bucket}. Its buckets are ${bucketsOf(stack)}.`);
  const isOfBucket = (values: Values) => values.bucket === `\${aws_s3_bucket.${bucket}.id}`;
  const configuration = resourcesOf(stack, 'aws_s3_bucket_lifecycle_configuration').find(isOfBucket);
  const versioning = resourcesOf(stack, 'aws_s3_bucket_versioning').find(isOfBucket);
  const enabled = (configuration?.rule ?? []).filter(({ status }: Values) => status === 'Enabled');
  return {
    versioned: first(versioning?.versioning_configuration).status === 'Enabled',
    rules: enabled.map(ruleOf),
  };
}

const bucketsOf = ({ resource }: Pick<Stack, 'resource'>): string =>
  Object.keys(resource.aws_s3_bucket ?? {}).join(', ') || 'none';

function ruleOf(rule: Values): LifecycleRule {
  const { id } = rule;
  const outer = first(rule.filter);
  const filter = { ...outer, ...first(outer.and) };
  if (filter.tag || filter.tags) throw refuse(id, 'selects by tag');
  if (rule.noncurrent_version_transition) throw refuse(id, 'moves noncurrent versions');
  const [expiration, noncurrent] = [first(rule.expiration), first(rule.noncurrent_version_expiration)];
  if (noncurrent.newer_noncurrent_versions) throw refuse(id, 'keeps a number of noncurrent versions');
  if (expiration.date) throw refuse(id, 'expires objects on a date');
  return {
    id,
    prefix: filter.prefix ?? rule.prefix ?? '',
    largerThan: filter.object_size_greater_than,
    smallerThan: filter.object_size_less_than,
    transitions: (rule.transition ?? []).map((transition: Values) => transitionOf(id, transition)),
    expirationDays: expiration.days,
    noncurrentDays: noncurrent.noncurrent_days,
    abortMultipartDays: first(rule.abort_incomplete_multipart_upload).days_after_initiation,
    removesDeleteMarkers: expiration.expired_object_delete_marker === true,
  };
}

function transitionOf(id: string, { days, date, storage_class: to }: Values): Transition {
  if (date) throw refuse(id, 'moves objects on a date');
  if (!TRANSITION_CLASSES.includes(to)) throw refuse(id, `moves objects to ${to}`);
  return { days: days ?? 0, to };
}

/** What the rules of a bucket mean for an object of one size. */
export interface ObjectRules {
  /** The earliest first, and of one day the one that S3 takes. */
  transitions: readonly Transition[];
  expirationDays?: number | undefined;
  /** Days that a deleted object stays as a noncurrent version; `Infinity` without a rule, undefined in a bucket without versions. */
  noncurrentDays?: number | undefined;
  removesDeleteMarkers: boolean;
}

const earliest = (days: (number | undefined)[]): number | undefined => {
  const set = days.filter((each) => each !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
};

function rulesFor({ rules }: LifecycleRules, prefix: string): LifecycleRule[] {
  const narrower = rules.find((rule) => rule.prefix !== prefix && rule.prefix.startsWith(prefix));
  if (narrower) throw refuse(narrower.id, `is for a part of ${prefix}`);
  return rules.filter((rule) => prefix.startsWith(rule.prefix));
}

/**
 * S3 does not move objects of less than 128 KiB unless the filter of the rule has a size of its own:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html (read 2026-11-30).
 */
const moves = ({ largerThan, smallerThan }: LifecycleRule, bytes: number): boolean =>
  largerThan !== undefined || smallerThan !== undefined || bytes >= SMALLEST_TIERED_BYTES;

/** The rules for objects of a prefix, such as `originals/`, and of so many bytes. If several have an action, the earliest is taken. */
export function rulesForObject(rules: LifecycleRules, prefix: string, bytes: number): ObjectRules {
  const matching = rulesFor(rules, prefix).filter(
    ({ largerThan = -1, smallerThan = Number.POSITIVE_INFINITY }) => bytes > largerThan && bytes < smallerThan,
  );
  const rank = ({ to }: Transition) => TRANSITION_CLASSES.indexOf(to);
  return {
    transitions: matching
      .filter((rule) => moves(rule, bytes))
      .flatMap(({ transitions }) => transitions)
      .toSorted((one, other) => one.days - other.days || rank(one) - rank(other)),
    expirationDays: earliest(matching.map(({ expirationDays }) => expirationDays)),
    noncurrentDays: rules.versioned
      ? (earliest(matching.map(({ noncurrentDays }) => noncurrentDays)) ?? Number.POSITIVE_INFINITY)
      : undefined,
    removesDeleteMarkers: matching.some(({ removesDeleteMarkers }) => removesDeleteMarkers),
  };
}

/** Days after which the parts of an upload that was never completed are removed; undefined for never. */
export const abortDaysFor = (rules: LifecycleRules, prefix: string): number | undefined =>
  earliest(rulesFor(rules, prefix).map(({ abortMultipartDays }) => abortMultipartDays));
