import { TIERED_FROM_BYTES } from '../../storage/image-lifecycle.ts';
import { type Argument, argumentCheck, is, isAbsent, satisfying } from '../argument-check.ts';
import { block, blocks, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const LIFECYCLE = 'aws_s3_bucket_lifecycle_configuration';

const sizeOf = (filter: Values | undefined): number =>
  toNumber(filter?.object_size_greater_than ?? block(filter, 'and')?.object_size_greater_than) ?? 0;
const tiersSmall = (rule: Values): boolean =>
  blocks(rule, 'transition').length > 0 && sizeOf(block(rule, 'filter')) < TIERED_FROM_BYTES;

const RULES: Argument[] = [
  {
    id: 'IMG-LIFE-101',
    of: LIFECYCLE,
    argument: 'rule.status',
    must: is('Enabled'),
    reason: 'A disabled rule removes nothing, and the bill grows unnoticed.',
  },
  {
    id: 'IMG-LIFE-102',
    of: LIFECYCLE,
    argument: 'rule.noncurrent_version_expiration.newer_noncurrent_versions',
    must: isAbsent,
    reason: 'That many versions of a deleted image would be kept for ever.',
  },
  {
    id: 'IMG-LIFE-103',
    of: LIFECYCLE,
    argument: 'rule',
    must: satisfying(
      `rules whose transitions have an object_size_greater_than of at least ${TIERED_FROM_BYTES}`,
      (rule) => !blocks({ rule }, 'rule').some(tiersSmall),
    ),
    reason: 'Moving and monitoring a small object costs more than its tier saves.',
  },
];

/** Arguments of lifecycle rules. */
export const LIFECYCLE_ARGUMENT_CHECKS: Check[] = RULES.map(argumentCheck);
