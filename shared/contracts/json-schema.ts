import type Joi from 'joi';
import { LIMITS } from '../domain/limits.ts';

export type Json = { [key: string]: unknown };

/** A reference to a schema of the OpenAPI document. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (items: Json, maxItems: number): Json => ({ type: 'array', items, maxItems });

/**
 * A joi schema as JSON Schema in OpenAPI 3.1's own dialect; lists of commands, outputs and renditions become references to their one
 * description. Joi leaves out relations between keys, rules that are functions, and what depends on other keys.
 */
export function jsonSchema(schema: Joi.Schema, direction: 'input' | 'output'): Json {
  const converter = (schema as unknown as { '~standard': { jsonSchema: Record<string, (options: object) => Json> } })[
    '~standard'
  ];
  return refer(converter.jsonSchema[direction]?.({ target: 'draft-2020-12' }) ?? {}, direction);
}

function refer(schema: Json, direction: 'input' | 'output'): Json {
  const entries = Object.entries(schema).map(([key, given]): [string, unknown] => {
    const value = withoutGuard(given);
    const type = (value as Json | null)?.type;
    if (key === 'commands' && type === 'array') return [key, listOf(ref('Command'), LIMITS.commandsPerRendition)];
    if (key === 'output' && type === 'object') return [key, ref('Output')];
    if (key === 'renditions' && type === 'array' && direction === 'input') return [key, ref('Renditions')];
    const isNode = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isNode ? refer(value as Json, direction) : value];
  });
  return Object.fromEntries(entries);
}

/** A list whose length is looked at first (`atMost`) comes out of joi as a choice between the list and any list of that length. */
function withoutGuard(value: unknown): unknown {
  const { anyOf } = (value ?? {}) as { anyOf?: Json[] };
  const isGuarded = anyOf?.length === 2 && anyOf[1]?.type === 'array' && !('items' in anyOf[1]);
  return isGuarded ? anyOf[0] : value;
}
