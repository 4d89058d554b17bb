import type Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';

/** A JSON object. */
export type Json = { [key: string]: unknown };

type Direction = 'input' | 'output';

/** A reference to a schema in the OpenAPI document. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (items: Json, maxItems: number): Json => ({ type: 'array', items, maxItems });

/** Bytes, in the form that client generators know: many of them ignore that of OpenAPI 3.1. */
export const BINARY: Json = { type: 'string', format: 'binary' };

/**
 * Converts a joi schema to JSON Schema in the dialect of OpenAPI 3.1. Lists of commands, outputs and renditions become references to their
 * only definition. Joi leaves out relations between keys, rules that are functions, and conditions on other keys.
 */
export function jsonSchema(schema: Joi.Schema, direction: Direction): Json {
  const converter = (schema as unknown as { '~standard': { jsonSchema: Record<string, (options: object) => Json> } })[
    '~standard'
  ];
  return refer(converter.jsonSchema[direction]?.({ target: 'draft-2020-12' }) ?? {}, direction);
}

/** The names of properties that hold an output. */
const OUTPUTS = ['output', 'askedOutput'];

const withDescriptionOf = ({ description }: Json, to: Json): Json => ({
  ...to,
  ...(description !== undefined && { description }),
});

function refer(schema: Json, direction: Direction): Json {
  const entries = Object.entries(forGenerators(schema)).map(([key, given]): [string, unknown] => {
    const value = withoutGuard(given);
    const type = (value as Json | null)?.type;
    if (key === 'commands' && type === 'array') return [key, listOf(ref('Command'), LIMITS.commandsPerRendition)];
    if (OUTPUTS.includes(key) && type === 'object') return [key, withDescriptionOf(value as Json, ref('Output'))];
    if (key === 'renditions' && type === 'array' && direction === 'input') return [key, ref('Renditions')];
    if (Array.isArray(value)) return [key, value.map((item) => (isNode(item) ? refer(item, direction) : item))];
    return [key, isNode(value) ? refer(value, direction) : value];
  });
  return Object.fromEntries(entries);
}

const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Joi converts a list whose length is checked first (`atMost`) to a choice between the list and any list of that length, and what some values of
 * another field forbid to a choice of one.
 */
function withoutGuard(value: unknown): unknown {
  const { anyOf, ...others } = (value ?? {}) as { anyOf?: Json[] };
  const [only, ...more] = anyOf ?? [];
  if (only && more.length === 0) return { ...only, ...others };
  const isGuarded = anyOf?.length === 2 && anyOf[1]?.type === 'array' && !('items' in anyOf[1]);
  return isGuarded ? only : value;
}

/** The same schema in a form for which client generators make code that compiles. */
const forGenerators = (schema: Json): Json => sized(asMap(portable(withoutDefault(schema))));

/** Client generators have literals for plain values only. */
function withoutDefault(schema: Json): Json {
  const { default: byDefault, ...rest } = schema;
  return typeof byDefault === 'object' || 'anyOf' in schema ? rest : schema;
}

/** Python and other languages have no Unicode character classes, and generators do not support several patterns: the description has to tell the rest. */
function portable(schema: Json): Json {
  const { allOf, pattern, ...rest } = schema as Json & { allOf?: Json[]; pattern?: string };
  const patterns = [pattern, ...(allOf ?? []).map((one) => one.pattern)].filter((one) => one !== undefined);
  if (patterns.length === 0) return schema;
  const known = patterns.filter((one) => !/\\p\{/i.test(String(one)));
  const [kept] = known as string[];
  if (kept === undefined) return rest;
  // Generators of values by a pattern are confused by a length that the pattern implies.
  const { minLength: _least, ...others } = rest as Json;
  return { ...(rest.minLength === 1 && !new RegExp(kept).test('') ? others : rest), pattern: kept };
}

/** An object with keys of one pattern and values of one schema. */
function asMap(schema: Json): Json {
  const { patternProperties, ...rest } = schema as { patternProperties?: Json };
  const [[pattern, values] = []] = Object.entries(patternProperties ?? {});
  if (pattern === undefined) return schema;
  return { ...rest, additionalProperties: values, ...(pattern !== '.*' && { propertyNames: { pattern } }) };
}

const INT32_MAX = 2 ** 31 - 1;

/** An integer without a format has 32 bits in most languages. */
const sized = (schema: Json): Json =>
  schema.type === 'integer' && Number(schema.maximum ?? Number.POSITIVE_INFINITY) > INT32_MAX
    ? { ...schema, format: 'int64' }
    : schema;
