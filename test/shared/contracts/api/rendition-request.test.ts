import { expect } from 'chai';
import type Joi from 'joi';
import { PRESETS } from '../../../../shared/contracts/api/presets.ts';
import { presetsSchema, renditionsSchema } from '../../../../shared/contracts/api/rendition-request.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';

const OWN = { name: 'own', commands: [{ operation: 'flip' }], output: { format: 'jpeg', quality: 70 } };
const preset = (name: string) => ({ name, ...PRESETS.get(name) });
const own = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `own-${index}` }));

const ACCEPTED: [name: string, given: unknown, expected: unknown][] = [
  ['a preset by its name', ['thumb'], [preset('thumb')]],
  ['a rendition with its own pipeline', [OWN], [OWN]],
  ['a name alone, which is a conversion', [{ name: 'a' }], [{ name: 'a', commands: [], output: { format: 'webp' } }]],
  ['presets and own ones in their order', ['small', OWN, 'large'], [preset('small'), OWN, preset('large')]],
  [
    'a rendition with its own pipeline and the name of a preset',
    [{ ...OWN, name: 'thumb' }],
    [{ ...OWN, name: 'thumb' }],
  ],
  [
    'names that differ in case',
    [
      { ...OWN, name: 'A' },
      { ...OWN, name: 'a' },
    ],
    [
      { ...OWN, name: 'A' },
      { ...OWN, name: 'a' },
    ],
  ],
  ['the longest name', [{ ...OWN, name: 'x'.repeat(64) }], [{ ...OWN, name: 'x'.repeat(64) }]],
];

const REFUSED: [name: string, given: unknown, path: string, code: string][] = [
  ['an empty list', [], '', 'array.min'],
  ['too many', own(LIMITS.renditionsPerRequest + 1), '', 'array.max'],
  ['a name outside a list', 'thumb', '', 'array.base'],
  ['a rendition outside a list', OWN, '', 'array.base'],
  [
    'a number too small to keep',
    [{ name: 'a', commands: [{ operation: 'rotate', angle: 1e-200 }] }],
    '0.commands.0.angle',
    'number.precision',
  ],
  ['an unknown preset', ['thumb', 'huge'], '1', 'preset.unknown'],
  ['a preset in capitals', ['Thumb'], '0', 'preset.unknown'],
  ['a name every object has', ['constructor'], '0', 'preset.unknown'],
  ['the same preset twice', ['thumb', 'small', 'thumb'], '2', 'array.unique'],
  ['a preset and its name', ['thumb', { ...OWN, name: 'thumb' }], '1', 'array.unique'],
  ['a number', [7], '0', 'object.base'],
  ['null', [null], '0', 'object.base'],
  ['no name', [{ commands: [] }], '0.name', 'any.required'],
  ['a name that is a number', [{ ...OWN, name: 1 }], '0.name', 'string.base'],
  ['an empty name', [{ ...OWN, name: '' }], '0.name', 'string.empty'],
  ['a name too long', [{ ...OWN, name: 'x'.repeat(65) }], '0.name', 'string.pattern.name'],
  ['a name with a slash', [{ ...OWN, name: 'a/b' }], '0.name', 'string.pattern.name'],
  ['a name with a dot', [{ ...OWN, name: '..' }], '0.name', 'string.pattern.name'],
  ['a name with a line end', [{ ...OWN, name: 'a\n' }], '0.name', 'string.pattern.name'],
  ['a name that begins with a hyphen', [{ ...OWN, name: '-a' }], '0.name', 'string.pattern.name'],
  ['a name with an umlaut', [{ ...OWN, name: 'größe' }], '0.name', 'string.pattern.name'],
  ['an unknown field', [{ ...OWN, status: 'ready' }], '0.status', 'object.unknown'],
  ['an unknown operation', [OWN, { name: 'b', commands: [{ operation: 'x' }] }], '1.commands.0.operation', 'any.only'],
  [
    'a wrong parameter',
    [{ name: 'b', commands: [{ operation: 'rotate', angle: 400 }] }],
    '0.commands.0.angle',
    'number.max',
  ],
  ['a wrong format', [{ name: 'b', output: { format: 'svg' } }], '0.output.format', 'any.only'],
  [
    'an option of other formats',
    [{ name: 'b', output: { format: 'gif', quality: 1 } }],
    '0.output.quality',
    'any.unknown',
  ],
  [
    'parameters that do not go together',
    [{ name: 'b', commands: [{ operation: 'extend' }] }],
    '0.commands.0',
    'custom',
  ],
];

const validate = (schema: Joi.Schema, value: unknown) => {
  const { error, value: parsed } = schema.validate(value, { abortEarly: false });
  return { parsed, refusals: (error?.details ?? []).map(({ path, type }) => [path.join('.'), type]), error };
};

describe('a request for renditions', () => {
  for (const [name, given, expected] of ACCEPTED) {
    it(`accepts ${name}`, () => {
      const { parsed, refusals } = validate(renditionsSchema, given);
      expect(refusals).to.deep.equal([]);
      expect(parsed).to.deep.equal(expected);
    });
  }

  it('accepts as many renditions as the limit', () => {
    expect(validate(renditionsSchema, own(LIMITS.renditionsPerRequest)).refusals).to.deep.equal([]);
  });

  for (const [name, given, path, code] of REFUSED) {
    it(`refuses ${name} at ${path || 'the list'}`, () => {
      expect(validate(renditionsSchema, given).refusals).to.deep.equal([[path, code]]);
    });
  }

  it('is refused with all of its mistakes at once', () => {
    const given = [{ name: '/' }, 'huge', { ...OWN, output: { format: 'webp', quality: 0, effort: 9 } }];
    expect(validate(renditionsSchema, given).refusals).to.deep.equal([
      ['0.name', 'string.pattern.name'],
      ['1', 'preset.unknown'],
      ['2.output.quality', 'number.min'],
      ['2.output.effort', 'number.max'],
    ]);
  });

  it('is refused with the names of the presets if one is unknown', () => {
    const { error } = validate(renditionsSchema, ['huge']);
    for (const name of PRESETS.keys()) expect(error?.message).to.include(name);
  });
});

describe('presets in a query', () => {
  for (const [name, given, expected] of [
    ['one', 'thumb', [preset('thumb')]],
    ['several', ['thumb', 'large'], [preset('thumb'), preset('large')]],
    ['none', undefined, undefined],
  ] as const) {
    it(`may be ${name}`, () => {
      expect(validate(presetsSchema, given)).to.deep.include({ parsed: expected, refusals: [] });
    });
  }

  for (const [name, given, path, code] of [
    ['an unknown one', 'huge', '', 'preset.unknown'],
    ['an unknown one among others', ['thumb', 'huge'], '1', 'preset.unknown'],
    ['an empty name', '', '', 'string.empty'],
    ['one twice', ['thumb', 'thumb'], '1', 'array.unique'],
    ['a pipeline of one’s own', [OWN], '0', 'string.base'],
  ] as const) {
    it(`may not be ${name}`, () => {
      expect(validate(presetsSchema, given).refusals).to.deep.equal([[path, code]]);
    });
  }
});
