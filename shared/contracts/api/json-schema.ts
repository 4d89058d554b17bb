import type Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';

/** A JSON object, as documents have it. */
export type Json = { [key: string]: unknown };

type Direction = 'input' | 'output';

/** A reference to a schema of the OpenAPI document. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (items: Json, maxItems: number): Json => ({ type: 'array', items, maxItems });

/** Bytes, in the words that generators of clients know: OpenAPI 3.1 has others, for which many of them make nothing. */
export const BINARY: Json = { type: 'string', format: 'binary' };

/**
 * A joi schema as JSON Schema in OpenAPI 3.1's own dialect; lists of commands, outputs and renditions become references to their one
 * description. Joi leaves out relations between keys, rules that are functions, and what depends on other keys.
 */
export function jsonSchema(schema: Joi.Schema, direction: Direction): Json {
  const converter = (schema as unknown as { '~standard': { jsonSchema: Record<string, (options: object) => Json> } })[
    '~standard'
  ];
  return refer(converter.jsonSchema[direction]?.({ target: 'draft-2020-12' }) ?? {}, direction);
}

function refer(schema: Json, direction: Direction): Json {
  const entries = Object.entries(forGenerators(schema)).map(([key, given]): [string, unknown] => {
    const value = withoutGuard(given);
    const type = (value as Json | null)?.type;
    if (key === 'commands' && type === 'array') return [key, listOf(ref('Command'), LIMITS.commandsPerRendition)];
    if (key === 'output' && type === 'object') return [key, ref('Output')];
    if (key === 'renditions' && type === 'array' && direction === 'input') return [key, ref('Renditions')];
    if (Array.isArray(value)) return [key, value.map((item) => (isNode(item) ? refer(item, direction) : item))];
    return [key, isNode(value) ? refer(value, direction) : value];
  });
  return Object.fromEntries(entries);
}

const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list whose length is looked at first (`atMost`) comes out of joi as a choice between the list and any list of that length. */
function withoutGuard(value: unknown): unknown {
  const { anyOf } = (value ?? {}) as { anyOf?: Json[] };
  const isGuarded = anyOf?.length === 2 && anyOf[1]?.type === 'array' && !('items' in anyOf[1]);
  return isGuarded ? anyOf[0] : value;
}

/** The same schema in words for which generators of clients make what compiles. */
const forGenerators = (schema: Json): Json => sized(asMap(portable(withoutDefault(schema))));

/** They have literals for plain values only. */
function withoutDefault(schema: Json): Json {
  const { default: byDefault, ...rest } = schema;
  return typeof byDefault === 'object' || 'anyOf' in schema ? rest : schema;
}

/** Python and others know no classes of Unicode characters, and generators no list of patterns: what is left is told by the description. */
function portable(schema: Json): Json {
  const { allOf, pattern, ...rest } = schema as Json & { allOf?: Json[]; pattern?: string };
  const patterns = [pattern, ...(allOf ?? []).map((one) => one.pattern)].filter((one) => one !== undefined);
  if (patterns.length === 0) return schema;
  const known = patterns.filter((one) => !/\\p\{/i.test(String(one)));
  const [kept] = known as string[];
  if (kept === undefined) return rest;
  // Whoever makes values by the pattern is confused by a length that it says already.
  const { minLength: _least, ...others } = rest as Json;
  return { ...(rest.minLength === 1 && !new RegExp(kept).test('') ? others : rest), pattern: kept };
}

/** Names of one form, with values of one kind. */
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
