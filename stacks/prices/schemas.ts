import { readFileSync } from 'node:fs';
import Ajv, { type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv.default({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);

const compile = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(new URL(`${name}.schema.json`, import.meta.url), 'utf8')));

/** The schemas that editors check files of prices by, too. */
const SCHEMAS = { 'price-book': compile('price-book'), overrides: compile('overrides') } as const;

/** A field as people write it: savingsPlans.compute.share. Names of prices have dots themselves, so they are in quotes. */
const fieldOf = (path: string): string =>
  path
    .slice(1)
    .split('/')
    .map((part) => (part.includes('.') ? JSON.stringify(part) : part))
    .join('.');

function sentenceOf({ instancePath, message, params, keyword }: ErrorObject): string {
  const where = instancePath === '' ? 'the file' : fieldOf(instancePath);
  const detail = keyword === 'additionalProperties' ? `: ${params.additionalProperty}` : '';
  return `${where} ${message}${detail}${keyword === 'enum' ? `: ${params.allowedValues.join(', ')}` : ''}`;
}

/** What is wrong with a value by one of the schemas, a sentence for each field. */
export function faultsOf(schema: keyof typeof SCHEMAS, value: unknown): string[] {
  const validate = SCHEMAS[schema];
  return validate(value) ? [] : (validate.errors ?? []).map(sentenceOf);
}
