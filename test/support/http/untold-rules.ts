import { COMMANDS } from '../../../shared/contracts/api/command-schemas.ts';

/** Rules for requests that the OpenAPI document states in prose only, by the message of their refusal, and why. */
export const UNTOLD: { why: string; rules: (RegExp | string)[] }[] = [
  {
    why: 'Relations between parameters: generators of clients break on the words that JSON Schema has for them.',
    rules: [
      /must contain at least one of/,
      /goes only with [`a-z]/,
      /is required if the target is/,
      /is allowed for renditions and files only/,
      /does not go with/,
      /has the name of an earlier rendition/,
      ...Object.values(COMMANDS).flatMap(({ check }) => check?.rule ?? []),
    ],
  },
  {
    why: 'Figures have six decimals at most: validators do not agree on multiples of a millionth.',
    rules: [/no more than 6 decimal places/],
  },
  {
    why: 'Text must have a character that can be seen: classes of Unicode characters are written otherwise in every language.',
    rules: [/must have visible characters/, /must have no halves of surrogate pairs/],
  },
  {
    why: 'An owner has a form of Unicode, and so many bytes: JSON Schema counts characters only.',
    rules: [/must have 1 to \d+ bytes in UTF-8/],
  },
  {
    why: 'A URL has one of the schemes that its description names: the format `uri` takes any.',
    rules: [
      /must be a valid uri with a scheme/,
      /must begin with https:\/\//,
      /must have neither a user nor a fragment/,
      /must not have the parameter imageId/,
    ],
  },
];

export const isUntold = (message: string): boolean =>
  UNTOLD.some(({ rules }) => rules.some((rule) => message.match(rule)));
