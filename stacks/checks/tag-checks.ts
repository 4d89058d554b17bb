import { block, blocks, ignored, text, type Values } from './blocks.ts';
import type { Check, CheckContext } from './check.ts';
import type { Resource } from './inventory.ts';

const missingFrom = (tags: Values | undefined, { requiredTags }: CheckContext): string[] =>
  requiredTags.filter((key) => !text(tags?.[key]));

/** The provider's constructs have this getter if their resource takes tags. */
const isTaggable = ({ type, construct, values }: Resource): boolean =>
  'tagsInput' in construct && !type.startsWith('data.') && !ignored(values).includes('tags');

/** Instances and volumes must both be tagged, because the bill lists them separately. */
const KINDS = ['instance', 'volume'];

/** Tags for the cost report. */
export const TAG_CHECKS: Check[] = [
  {
    id: 'IMG-TAG-001',
    of: ['*'],
    reason: 'The cost report would assign its costs to nobody.',
    remedy: 'add the Aspect of stacks/foundation/tags.ts to the stack, before the checks.',
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
    remedy: 'write the tags into tag_specifications, for instance and volume.',
    find: ({ values }, context) =>
      KINDS.flatMap((kind) => {
        const specification = blocks(values, 'tag_specifications').find(({ resource_type }) => resource_type === kind);
        const missing = missingFrom(block(specification, 'tags'), context);
        return missing.length > 0 ? [`tag_specifications of ${kind} lack the tags ${missing.join(', ')}`] : [];
      }),
  },
];
