import type Joi from 'joi';

/** Values for one parameter: at the limits of its schema, and just beyond. */
export interface Probes {
  taken: unknown[];
  refused: unknown[];
}

interface Description {
  type: string;
  flags?: { only?: boolean };
  allow?: unknown[];
  rules?: { name: string; args?: { limit?: number; regex?: string; options?: { name?: string } } }[];
  matches?: { then: Description; otherwise: Description }[];
  items?: Description[];
  keys?: Record<string, Description>;
}

/** Strings for patterns, by the pattern's name. */
const PATTERNS: Record<string, Probes> = {
  '#rrggbb or #rrggbbaa': {
    taken: ['#000000', '#FFffFF', '#12345678', '#abcdef00'],
    refused: ['#fff', '#ffff', '#1234567', 'red', '#00000g', ' #000000', 'rgb(0,0,0)'],
  },
  'width:height': {
    taken: ['1:1', '9999:1', '1:9999'],
    refused: ['0:1', '1:0', '10000:1', '16/9', '1.5:1', ':', '1:1 '],
  },
  'image id': {
    taken: ['0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11'],
    refused: ['0b0e7f5c', '0B0E7F5C-3D4D-4D0E-8F6B-2F6F5D1B7A11', '00000000-0000-0000-0000-000000000000'],
  },
  'visible characters': {
    taken: [
      'x',
      '&',
      '<',
      '<b>',
      "'",
      '"',
      '\\',
      '😀',
      '漢',
      ' . ',
      'a\nb',
      'a\r\n\tb',
      'é',
      '%',
      '{{#label}}',
      '\u{10ffff}x',
    ],
    refused: [
      ' ',
      '\n',
      '\u200b',
      '\u3000',
      '\ufeff',
      '\u00ad',
      '\u0000',
      'a\u0000b',
      'a\u0001',
      '\u001b[1m',
      'a\u0085',
    ],
  },
};

/** Values of JSON's other types, which must not be converted. */
const OTHER_TYPES = {
  number: ['1', true, null, [1], {}],
  boolean: [0, 1, 'true', null],
  string: [1, true, null, [], {}, ''],
};

/** A step beyond a limit that is large enough not to be rounded away. */
const STEP = 0.001;

function probesOfNumber({ rules = [] }: Description): Probes {
  const limitOf = (name: string) => rules.find((rule) => rule.name === name)?.args?.limit;
  const isWhole = rules.some(({ name }) => name === 'integer');
  const [least = 0, most = least + 1_000_000] = [limitOf('min'), limitOf('max')];
  const step = isWhole ? 1 : STEP;
  const between = isWhole
    ? [Math.floor((least + most) / 2)]
    : [Number((least + (most - least) / 3).toFixed(6)), least + 0.5];
  return {
    taken: [least, most, ...between],
    refused: [
      least - step,
      ...(limitOf('max') === undefined ? [] : [most + step]),
      isWhole ? least + 0.5 : least + 0.000_000_5,
      ...OTHER_TYPES.number,
    ],
  };
}

function probesOfString({ rules = [], allow, flags }: Description): Probes {
  if (flags?.only && allow) {
    return {
      taken: allow,
      refused: [...allow.flatMap((name) => [`${name} `, String(name).toUpperCase()]), ...OTHER_TYPES.string],
    };
  }
  const name = rules.find((rule) => rule.name === 'pattern')?.args?.options?.name ?? '';
  const probes = PATTERNS[name];
  if (!probes) throw new Error(`no strings are known for the pattern ${name || 'that has no name'}`);
  const longest = rules.find((rule) => rule.name === 'max')?.args?.limit;
  const long =
    longest === undefined
      ? { taken: [], refused: [] }
      : { taken: ['x'.repeat(longest)], refused: ['x'.repeat(longest + 1)] };
  return {
    taken: [...probes.taken, ...long.taken],
    refused: [...probes.refused, ...long.refused, ...OTHER_TYPES.string],
  };
}

function probesOfObject({ keys = {} }: Description): Probes {
  const each = Object.entries(keys).map(([key, schema]) => [key, probesOf(schema)] as const);
  const first = Object.fromEntries(each.map(([key, { taken }]) => [key, taken[0]]));
  const changed = (of: keyof Probes) =>
    each.flatMap(([key, probes]) => probes[of].map((value) => ({ ...first, [key]: value })));
  return { taken: changed('taken'), refused: [...changed('refused'), {}, { ...first, z: 1 }, [], null, 1] };
}

function probesOfList({ items = [], rules = [] }: Description): Probes {
  const length = rules.find(({ name }) => name === 'length')?.args?.limit ?? 1;
  const { taken, refused } = probesOf(items[0] as Description);
  const filled = (value: unknown, size = length) => Array.from({ length: size }, () => value);
  return {
    taken: taken.map((value) => filled(value)),
    refused: [...refused.map((value) => filled(value)), filled(taken[0], length - 1), filled(taken[0], length + 1), []],
  };
}

/** Probes for a schema that is a list or something else. */
function probesOfChoice({ matches = [] }: Description): Probes {
  const [choice] = matches;
  if (choice?.then.type !== 'array') throw new Error('no values are known for this choice');
  const [list, other] = [probesOf(choice.then), probesOf(choice.otherwise)];
  const refusedByBoth = [
    ...list.refused.filter(Array.isArray),
    ...other.refused.filter((value) => !Array.isArray(value)),
  ];
  return { taken: [...list.taken, ...other.taken], refused: refusedByBoth };
}

function probesOf(description: Description): Probes {
  switch (description.type) {
    case 'number':
      return probesOfNumber(description);
    case 'boolean':
      return { taken: [true, false], refused: OTHER_TYPES.boolean };
    case 'string':
      return probesOfString(description);
    case 'object':
      return probesOfObject(description);
    case 'array':
      return probesOfList(description);
    case 'alternatives':
      return probesOfChoice(description);
    default:
      throw new Error(`no values are known for the type ${description.type}`);
  }
}

/** Values to try, from the description of a schema. Throws for an unknown kind of schema. */
export const probe = (schema: Joi.Schema): Probes => probesOf(schema.describe() as Description);
