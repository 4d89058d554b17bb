import { code, table } from './markdown.ts';
import type { Configuration } from './synthesis.ts';

const sizeOf = ({ resource = {} }: Configuration): number =>
  Object.values(resource).reduce((sum, named) => sum + Object.keys(named).length, 0);

/** How many resources the first plan of each stack adds. */
export const plansSection = (stacks: Record<string, Configuration>): string =>
  table(
    ['first plan of', 'to add'],
    Object.entries(stacks).map(([stack, configuration]) => [code(stack), String(sizeOf(configuration))]),
  );
