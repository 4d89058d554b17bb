import { type Json, ref } from './json-schema.ts';

/** A schema as text, but for the sentence that says what it is for at its place. */
const textOf = ({ description: _here, ...schema }: Json): string => JSON.stringify(schema);

/**
 * A document in which every schema that is spelled out, and has a name among `schemas`, is a reference to it: generators of clients
 * make a type of each name, and of what has none one more at every place.
 */
export function named(document: Json, schemas: Record<string, Json>): Json {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [textOf(schema), { name, schema }]));
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const known = names.get(textOf(value as Json));
    if (!known) return visitAll(value as Json);
    const { description } = value as Json;
    const own = description !== undefined && description !== known.schema.description;
    return { ...ref(known.name), ...(own && { description }) };
  };
  const visitAll = (value: Json): Json =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner)]));
  const { components, ...rest } = document as { components: Json & { schemas: Record<string, Json> } };
  // A name's own schema is spelled out.
  const definitions = Object.entries(components.schemas).map(([name, schema]) => [name, visitAll(schema)]);
  return { ...visitAll(rest), components: { ...components, schemas: Object.fromEntries(definitions) } };
}
