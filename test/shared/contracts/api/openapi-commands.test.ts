import Ajv from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';
import type Joi from 'joi';
import { COMMANDS } from '../../../../shared/contracts/api/command-schemas.ts';
import { openApiDocument } from '../../../../shared/contracts/api/openapi.ts';
import { PRESETS } from '../../../../shared/contracts/api/presets.ts';
import { renditionsSchema } from '../../../../shared/contracts/api/rendition-request.ts';
import { OUTPUT_OPTIONS } from '../../../../shared/domain/output-options.ts';
import { refusalsOf } from '../../../support/http/refusals.ts';
import { probe } from '../../../support/http/schema-probes.ts';
import { isUntold } from '../../../support/http/untold-rules.ts';
import { examplesOf, OPERATIONS } from '../../../support/worker/command-samples.ts';

interface Component {
  description?: string;
  required: string[];
  properties: Record<string, { enum?: unknown[]; default?: unknown; type?: string; description?: string }>;
  examples: object[];
  oneOf: { $ref: string }[];
  discriminator: { mapping: Record<string, string> };
}

const document = JSON.parse(JSON.stringify(openApiDocument()));
const schemas: Record<string, Component> = document.components.schemas;
const { Command, Output } = schemas as { Command: Component; Output: Component };

const ajv = new Ajv.default({ strict: false, validateFormats: false });
ajv.addSchema(document, 'api');
const validatorOf = (name: string) => ajv.compile({ $ref: `api#/components/schemas/${name}` });
const isCommand = validatorOf('Command');
const isOutput = validatorOf('Output');
const areRenditions = validatorOf('Renditions');

/** The schema for a value of the discriminator. */
const chosen = ({ discriminator }: Component, value: string): Component =>
  schemas[discriminator.mapping[value]?.split('/').at(-1) ?? ''] as Component;

/** Whether the API accepts a command; undefined if the document cannot express the rule. */
function verdictOf(command: unknown): boolean | undefined {
  const refusals = refusalsOf({ commands: [command] });
  const told = refusals.filter(({ message }) => !isUntold(message));
  return told.length === 0 && refusals.length > 0 ? undefined : refusals.length === 0;
}

function expectSameVerdict(command: object): void {
  const verdict = verdictOf(command);
  if (verdict !== undefined) expect(isCommand(command), JSON.stringify(command)).to.equal(verdict);
}

describe('commands in the OpenAPI document', () => {
  it('are chosen by their operation', () => {
    expect(Object.keys(Command.discriminator.mapping)).to.have.members(OPERATIONS);
    expect(Command.oneOf.map(({ $ref }) => $ref)).to.have.members(Object.values(Command.discriminator.mapping));
  });

  for (const operation of OPERATIONS) {
    const { parameters, summary, check } = COMMANDS[operation];
    const probes = Object.entries(parameters as Record<string, Joi.Schema>).map(
      ([name, schema]) => [name, probe(schema)] as const,
    );

    it(`have ${operation} with its parameters, its sentence and its rule`, () => {
      const schema = chosen(Command, operation);
      expect(schema.properties.operation?.enum).to.deep.equal([operation]);
      expect(Object.keys(schema.properties)).to.have.members(['operation', ...Object.keys(parameters)]);
      expect(schema.required).to.include('operation');
      expect(schema.description).to.include(summary);
      if (check) expect(schema.description?.toLowerCase()).to.include(check.rule.toLowerCase());
    });

    it(`have examples of ${operation} that the API accepts`, () => {
      const { examples } = chosen(Command, operation);
      expect(examples).to.have.length(COMMANDS[operation].examples.length);
      for (const example of examples) {
        expect(verdictOf(example), JSON.stringify(example)).to.equal(true);
        expect(isCommand(example), JSON.stringify(example)).to.equal(true);
      }
    });

    it(`accept and refuse the same parameters of ${operation} as the API`, () => {
      for (const example of examplesOf(operation)) {
        for (const [name, { taken, refused }] of probes) {
          for (const value of [...taken, ...refused]) expectSameVerdict({ ...example, [name]: value });
        }
        for (const name of Object.keys(example)) {
          expectSameVerdict(Object.fromEntries(Object.entries(example).filter(([key]) => key !== name)));
        }
        expectSameVerdict({ ...example, unknown: 1 });
      }
    });

    it(`accept and refuse the same combinations of parameters of ${operation} as the API`, () => {
      const values = probes.map(([name, { taken }]) => [name, fc.constantFrom(...taken)] as const);
      const combinations = fc.record(Object.fromEntries(values), { requiredKeys: [] });
      fc.assert(fc.property(combinations, (combination) => expectSameVerdict({ operation, ...combination })));
    });
  }

  it('are refused without a known operation', () => {
    for (const command of [{}, { operation: 'explode' }, { operation: null }, [], 'flip', null]) {
      expect(isCommand(command), JSON.stringify(command)).to.equal(false);
      expect(verdictOf(command), JSON.stringify(command)).to.equal(false);
    }
  });
});

describe('outputs in the OpenAPI document', () => {
  const formats = Object.keys(OUTPUT_OPTIONS) as (keyof typeof OUTPUT_OPTIONS)[];

  it('are chosen by their format', () => {
    expect(Object.keys(Output.discriminator.mapping)).to.have.members(formats);
    expect(Output.oneOf.map(({ $ref }) => $ref)).to.have.members(Object.values(Output.discriminator.mapping));
  });

  for (const format of formats) {
    it(`have ${format} with its options, each with a sentence`, () => {
      const { format: own, ...options } = chosen(Output, format).properties;
      expect(own?.enum).to.deep.equal([format]);
      expect(Object.keys(options)).to.have.members([...Object.keys(OUTPUT_OPTIONS[format]), 'metadata']);
      for (const { description } of Object.values(options)) expect(description).to.match(/\.$/);
    });
  }

  it('accept and refuse the same combinations of options as the API', () => {
    const value = fc.constantFrom<unknown>(-1, 0, 1, 6, 7, 9, 10, 11, 100, 101, 200, 0.5, true, false, '1', null);
    const options = fc.record(
      {
        format: fc.constantFrom<unknown>(...formats, ...formats, 'svg', 1, null),
        metadata: fc.constantFrom<unknown>('strip', 'keep', 'all', true),
        ...Object.fromEntries(
          Object.values(OUTPUT_OPTIONS)
            .flatMap((taken) => Object.keys(taken))
            .map((option) => [option, value]),
        ),
      },
      { requiredKeys: [] },
    );
    const sameVerdict = fc.property(options, (output) => {
      const refusals = refusalsOf({ output });
      // An output that is refused for two reasons is refused by the document too.
      const isTold = refusals.length === 0 || !refusals.every(({ message }) => isUntold(message));
      if (isTold) expect(isOutput(output), JSON.stringify(output)).to.equal(refusals.length === 0);
    });
    fc.assert(sameVerdict, { numRuns: 500 });
  });
});

describe('renditions in the OpenAPI document', () => {
  for (const [name, renditions, isTaken] of [
    ['every preset', [...PRESETS.keys()], true],
    ['presets written as pipelines', [...PRESETS].map(([preset, pipeline]) => ({ name: preset, ...pipeline })), true],
    ['a name alone', [{ name: 'a' }], true],
    ['an unknown preset', ['huge'], false],
    ['no name', [{ commands: [] }], false],
    ['an empty list', [], false],
    ['an output of another format’s option', [{ name: 'a', output: { format: 'gif', quality: 1 } }], false],
    ['a command that is a string', [{ name: 'a', commands: ['flip'] }], false],
  ] as const) {
    it(`${isTaken ? 'are accepted' : 'are refused'}: ${name}`, () => {
      expect(areRenditions(renditions)).to.equal(isTaken);
      expect(renditionsSchema.validate(renditions).error === undefined).to.equal(isTaken);
    });
  }
});
