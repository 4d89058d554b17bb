import { text } from './blocks.ts';

/** The strings, names and equals signs in the expression that CDKTF makes of `Fn.jsonencode`. */
const HCL_TOKENS = /"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.-]*(?:\[[^\]]*\][\w.-]*)*|=/g;

const toJson = (token: string): string => {
  if (token === '=') return ':';
  if (token.startsWith('"') || ['true', 'false', 'null'].includes(token)) return token;
  return JSON.stringify(`\${${token}}`);
};

/** Parses an argument that is written as JSON or by `jsonencode`; undefined if its value is not known at synth. */
export function parseJson(value: unknown): unknown {
  const encoded = /^\$\{jsonencode\((.*)\)\}$/s.exec(text(value))?.[1];
  try {
    return JSON.parse(encoded === undefined ? text(value) : encoded.replace(HCL_TOKENS, toJson));
  } catch {
    return undefined;
  }
}
