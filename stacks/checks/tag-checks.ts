import { block, blocks, ignored, text, type Values } from './blocks.ts';
import type { Check, CheckContext } from './check.ts';
import type { Resource } from './inventory.ts';

const missingFrom = (tags: Values | undefined, { requiredTags }: CheckContext): string[] =>
  requiredTags.filter((key) => !text(tags?.[key]));

/** Every construct of the provider whose resource takes tags has this getter. */
const isTaggable = ({ type, construct, values }: Resource): boolean =>
  'tagsInput' in construct && !type.startsWith('data.') && !ignored(values).includes('tags');

/** The kinds that must be tagged: what starts, and what finance sees apart. */
const KINDS = ['instance', 'volume'];

/** What the cost report goes by, and what is kept of logs. */
export const TAG_CHECKS: Check[] = [
  {
    id: 'IMG-TAG-001',
    of: ['*'],
    reason: 'Its costs belong to nobody in the cost report.',
    remedy: 'put the Aspect of stacks/foundation/tags.ts on the stack, before the checks.',
    find(resource, context) {
      const missing = isTaggable(resource) ? missingFrom(block(resource.values, 'tags'), context) : [];
      return missing.length > 0 && `it lacks the tags ${missing.join(', ')}`;
    },
  },
  {
    id: 'IMG-TAG-002',
    of: ['aws_launch_template'],
    reason:
      "The provider's default_tags reach neither the instances nor the volumes of a group (provider #19387, #32328).",
    remedy: 'write the tags out in tag_specifications, for instance and volume.',
    find: ({ values }, context) =>
      KINDS.flatMap((kind) => {
        const specification = blocks(values, 'tag_specifications').find(({ resource_type }) => resource_type === kind);
        const missing = missingFrom(block(specification, 'tags'), context);
        return missing.length > 0 ? [`tag_specifications of ${kind} lack ${missing.join(', ')}`] : [];
      }),
  },
  {
    id: 'IMG-LOG-001',
    of: ['aws_cloudwatch_log_group'],
    reason: 'Logs are kept for ever, at $0.03 a GB and month.',
    remedy: 'set retention_in_days, from observability.logDays.',
    find: ({ values }) => !values.retention_in_days && 'retention_in_days is not set',
  },
];
