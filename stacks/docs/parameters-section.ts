import { code, table } from './markdown.ts';
import type { Configuration } from './synthesis.ts';

/** Names of parameters of ours, in data sources and in the ARNs that tasks get their secrets by. */
const NAME = /(?<=["/:]|parameter)\/image-service\/[a-z0-9]+\/(?:images|secrets)\/[a-z-]+/g;

/** The SSM parameters that a stack reads, or its tasks at their start. */
export const parametersOf = (configuration: Configuration): string[] =>
  [...new Set(JSON.stringify(configuration).match(NAME))].sort();

/** Which parameters must be there before the first plan of each platform. */
export const parametersSection = (stacks: Record<string, Configuration>): string =>
  table(
    ['before the first plan of', 'there must be'],
    Object.entries(stacks)
      .map(([stack, configuration]) => [stack, parametersOf(configuration)] as const)
      .filter(([, names]) => names.length > 0)
      .map(([stack, names]) => [code(stack), names.map(code).join('<br>')]),
  );
