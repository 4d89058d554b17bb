import { parametersIn } from '../../shared/contracts/names.ts';
import { code, table } from './markdown.ts';
import type { Configuration } from './synthesis.ts';

/** The SSM parameters that a stack reads, or its tasks at their start. */
export const parametersOf = (configuration: Configuration): string[] => parametersIn(JSON.stringify(configuration));

/** Which parameters must be there before the first plan of each platform. The policies of a bootstrap name some, and read none. */
export const parametersSection = (stacks: Record<string, Configuration>): string =>
  table(
    ['before the first plan of', 'there must be'],
    Object.entries(stacks)
      .filter(([stack]) => stack.startsWith('platform-'))
      .map(([stack, configuration]) => [stack, parametersOf(configuration)] as const)
      .filter(([, names]) => names.length > 0)
      .map(([stack, names]) => [code(stack), names.map(code).join('<br>')]),
  );
