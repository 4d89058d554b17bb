import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { TerraformStack } from 'cdktf';
import { add, type Mistake } from './mistake.ts';

const queue = (stack: TerraformStack) => new SqsQueue(stack, 'source', { delaySeconds: 5 });

/** What TypeScript lets constructs do with values that are only known when Terraform runs. */
export const TOKEN_MISTAKES: Mistake[] = [
  [
    'a wait of six times another',
    'IMG-TOKEN-001',
    add(
      (stack) => new SqsQueue(stack, 'other', { visibilityTimeoutSeconds: queue(stack).visibilityTimeoutSeconds * 6 }),
    ),
  ],
  [
    'the beginning of an ARN',
    'IMG-TOKEN-001',
    add((stack) => new SqsQueue(stack, 'other', { name: queue(stack).arn.slice(0, 12) })),
  ],
];
