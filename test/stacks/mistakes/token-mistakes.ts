import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { TerraformStack } from 'cdktf';
import { add, type Mistake } from './mistake.ts';

const queue = (stack: TerraformStack) => new SqsQueue(stack, 'source', { delaySeconds: 5 });

/** Computations with values that only Terraform knows, which TypeScript allows. */
export const TOKEN_MISTAKES: Mistake[] = [
  [
    'a multiplied placeholder',
    'IMG-TOKEN-001',
    add(
      (stack) => new SqsQueue(stack, 'other', { visibilityTimeoutSeconds: queue(stack).visibilityTimeoutSeconds * 6 }),
    ),
  ],
  [
    'a cut placeholder',
    'IMG-TOKEN-001',
    add((stack) => new SqsQueue(stack, 'other', { name: queue(stack).arn.slice(0, 12) })),
  ],
];
