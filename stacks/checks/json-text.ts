import { text } from './blocks.ts';

/** Strings, names and signs of the expression that CDKTF's `Fn.jsonencode` becomes. */
const HCL_TOKENS = /"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.-]*(?:\[[^\]]*\][\w.-]*)*|=/g;

const toJson = (token: string): string => {
  if (token === '=') return ':';
  if (token.startsWith('"') || ['true', 'false', 'null'].includes(token)) return token;
  return JSON.stringify(`\${${token}}`);
};

/** The value that a JSON argument has, written as JSON or by `jsonencode`; undefined where it cannot be known at synth. */
export function parseJson(value: unknown): unknown {
  const encoded = /^\$\{jsonencode\((.*)\)\}$/s.exec(text(value))?.[1];
  try {
    return JSON.parse(encoded === undefined ? text(value) : encoded.replace(HCL_TOKENS, toJson));
  } catch {
    return undefined;
  }
}
