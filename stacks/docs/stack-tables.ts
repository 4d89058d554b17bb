import { code, table } from './markdown.ts';
import type { Configuration } from './synthesis.ts';

const REFERENCE = /^\$\{([\w-]+)\.([\w-]+)\.(\w+)\}$/;

const known = (value: unknown): string => {
  const [, type, , attribute] = REFERENCE.exec(String(value)) ?? [];
  return type ? `after the apply: ${code(attribute ?? '')} of the ${code(type)}` : code(String(value));
};

/** What Terraform prints after an apply of the stacks, with the values that are known beforehand. */
export const outputsSection = (stacks: Record<string, Configuration>): string =>
  table(
    ['stack', 'output', 'value'],
    Object.entries(stacks).flatMap(([stack, { output = {} }]) =>
      Object.entries(output).map(([name, { value }]) => [code(stack), code(name), known(value)]),
    ),
  );
