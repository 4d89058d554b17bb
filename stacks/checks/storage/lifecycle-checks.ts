import { LIMITS } from '../../../shared/domain/limits.ts';
import { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { block, blocks, text, toNumber, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { isImageBucket } from './bucket-checks.ts';

const of = ['aws_s3_bucket_lifecycle_configuration'];
const DAY_SECONDS = 24 * 60 * 60;

/** Storage classes in the order in which S3 allows transitions, with the minimum age of an object in days. */
const CLASSES: Record<string, { rank: number; minDays: number }> = {
  STANDARD_IA: { rank: 1, minDays: 30 },
  INTELLIGENT_TIERING: { rank: 2, minDays: 0 },
  ONEZONE_IA: { rank: 3, minDays: 30 },
  GLACIER_IR: { rank: 4, minDays: 0 },
  GLACIER: { rank: 5, minDays: 0 },
  DEEP_ARCHIVE: { rank: 6, minDays: 0 },
};
/** Objects must stay in infrequent access for this long before their next transition. */
const STAY_DAYS = 30;

interface Transition {
  to: string;
  days: number;
}

const rulesOf = ({ values }: Resource): Values[] =>
  blocks(values, 'rule').filter(({ status }) => status !== 'Disabled');
const nameOf = ({ id }: Values): string => `rule ${id}`;
const prefixOf = (rule: Values): string => {
  const filter = block(rule, 'filter');
  return text(block(filter, 'and')?.prefix ?? filter?.prefix ?? rule.prefix);
};
const isNarrow = (rule: Values): boolean => {
  const filter = block(rule, 'filter') ?? {};
  return Object.entries(filter).some(([name, value]) => name !== 'prefix' && value !== undefined);
};
const transitionsOf = (rule: Values): Transition[] =>
  blocks(rule, 'transition').map(({ storage_class, days }) => ({ to: text(storage_class), days: toNumber(days) ?? 0 }));
const overlaps = (prefix: string, other: string): boolean => prefix.startsWith(other) || other.startsWith(prefix);

const concernsImages = ({ values }: Resource, context: CheckContext): boolean => {
  const bucket = context.inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id');
  return bucket !== undefined && isImageBucket(bucket, context);
};

/** Describes transitions that do not go to a colder class, or that follow the previous one too soon for S3. */
function disorderOf(rule: Values): string[] {
  const transitions = transitionsOf(rule).sort((a, b) => a.days - b.days);
  return transitions.slice(1).flatMap((next, index) => {
    const last = transitions[index] ?? next;
    const down = (CLASSES[next.to]?.rank ?? 0) > (CLASSES[last.to]?.rank ?? 0);
    const stay = last.to.endsWith('_IA') ? STAY_DAYS : 1;
    if (down && next.days - last.days >= stay) return [];
    return [`${nameOf(rule)} moves from ${last.to} at ${last.days} days to ${next.to} at ${next.days}`];
  });
}

/** Lifecycle rules: transitions, expiry and cleaning up. */
export const LIFECYCLE_CHECKS: Check[] = [
  {
    id: 'IMG-LIFE-001',
    of,
    reason: 'S3 refuses infrequent access before 30 days, and plan does not check it.',
    remedy: 'raise the days to 30 or more, or use INTELLIGENT_TIERING.',
    find: (resource) =>
      rulesOf(resource).flatMap((rule) =>
        transitionsOf(rule)
          .filter(({ to, days }) => days < (CLASSES[to]?.minDays ?? 0))
          .map(({ to, days }) => `${nameOf(rule)} moves to ${to} at ${days} days`),
      ),
  },
  {
    id: 'IMG-LIFE-002',
    of,
    reason:
      'Objects can only move to colder classes, and stay 30 days in infrequent access; otherwise S3 refuses the whole configuration.',
    remedy:
      'order the transitions: infrequent access or Intelligent-Tiering, 30 days later Glacier Instant Retrieval, then deeper.',
    find: (resource) => rulesOf(resource).flatMap(disorderOf),
  },
  {
    id: 'IMG-LIFE-003',
    of,
    reason: 'Parts of uploads that nobody completes appear in no listing, and cost the full price for ever.',
    remedy: 'add a rule with abort_incomplete_multipart_upload and without a filter by size or tag.',
    find(resource, context) {
      const aborting = rulesOf(resource).filter((rule) => block(rule, 'abort_incomplete_multipart_upload'));
      const covers = aborting.some((rule) => !isNarrow(rule) && KEY_PREFIXES.originals.startsWith(prefixOf(rule)));
      return (
        concernsImages(resource, context) && !covers && 'unfinished multipart uploads of originals are never removed'
      );
    },
  },
  {
    id: 'IMG-LIFE-004',
    of,
    reason: `An upload may take ${LIMITS.uploadSeconds / DAY_SECONDS} days (LIMITS.uploadSeconds); the rule would delete its parts while it is in progress.`,
    remedy: 'set days_after_initiation to more than that.',
    find: (resource, context) =>
      rulesOf(resource).flatMap((rule) => {
        const days = toNumber(block(rule, 'abort_incomplete_multipart_upload')?.days_after_initiation);
        const early =
          concernsImages(resource, context) && days !== undefined && days * DAY_SECONDS <= LIMITS.uploadSeconds;
        return early ? [`${nameOf(rule)} ends uploads after ${days} days`] : [];
      }),
  },
  {
    id: 'IMG-LIFE-005',
    of,
    reason: 'No object has such a key, so the rule does nothing, and the intended objects stay.',
    remedy: 'use KEY_PREFIXES of shared/domain/object-key.ts.',
    find: (resource, context) =>
      rulesOf(resource)
        .map(prefixOf)
        .filter((prefix) => concernsImages(resource, context) && prefix !== '')
        .filter((prefix) => !Object.values(KEY_PREFIXES).some((known) => prefix.startsWith(known)))
        .map((prefix) => `no key begins with "${prefix}"`),
  },
  {
    id: 'IMG-LIFE-006',
    of,
    reason: 'An original comes from a user, and cannot be made again.',
    remedy: 'let only renditions expire, and limit the rule to their prefix.',
    find: (resource, context) =>
      rulesOf(resource)
        .filter((rule) => concernsImages(resource, context) && overlaps(prefixOf(rule), KEY_PREFIXES.originals))
        .filter(
          (rule) => block(rule, 'expiration')?.days !== undefined || block(rule, 'expiration')?.date !== undefined,
        )
        .map((rule) => `${nameOf(rule)} deletes originals`),
  },
  {
    id: 'IMG-LIFE-007',
    of,
    reason: 'The object would be deleted before the transition has saved more than its fee, and S3 refuses the rule.',
    remedy: 'expire objects after the last transition, or remove the transition.',
    find: (resource) =>
      rulesOf(resource).flatMap((rule) => {
        const expires = toNumber(block(rule, 'expiration')?.days);
        const late = transitionsOf(rule).find(({ days }) => expires !== undefined && days >= expires);
        return late ? [`${nameOf(rule)} expires at ${expires} days, but moves to ${late.to} at ${late.days}`] : [];
      }),
  },
  {
    id: 'IMG-LIFE-008',
    of,
    reason:
      'Most renditions are below 128 KiB, where colder classes cost more than they save. Expiry is free, and renditions can be made again.',
    remedy: 'use expiration instead of transition.',
    find: (resource, context) =>
      rulesOf(resource)
        .filter((rule) => concernsImages(resource, context) && transitionsOf(rule).length > 0)
        .filter((rule) => overlaps(prefixOf(rule), KEY_PREFIXES.renditions))
        .map((rule) => `${nameOf(rule)} moves renditions to another class`),
  },
  {
    id: 'IMG-LIFE-009',
    of,
    reason: 'A versioned bucket keeps every deleted and replaced object for ever, at full price.',
    remedy: 'add noncurrent_version_expiration to a rule for all keys.',
    find: (resource, context) =>
      concernsImages(resource, context) &&
      !rulesOf(resource).some((rule) => block(rule, 'noncurrent_version_expiration')) &&
      'noncurrent versions never expire',
  },
];
