import { parseSync as parse } from 'oxc-parser';

// biome-ignore lint/suspicious/noExplicitAny: a node has the fields of its type, and each is looked at in one place.
export type ParserNode = Record<string, any> & { type: string; start: number; end: number };

export interface Comment {
  type: 'Line' | 'Block';
  value: string;
  start: number;
  end: number;
}

/** The syntax tree of a TypeScript file, and its comments, which are no part of the tree. */
export function parseSync(path: string, text: string): { program: { body: ParserNode[] }; comments: Comment[] } {
  const { program, comments, errors } = parse(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return { program: program as unknown as { body: ParserNode[] }, comments };
}
