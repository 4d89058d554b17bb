import { type Json, ref } from './json-schema.ts';

/** A schema as text, without its description, which depends on where it is used. */
const textOf = ({ description: _here, ...schema }: Json): string => JSON.stringify(schema);

/**
 * Replaces every inline schema that equals one of `schemas` by a reference to it: client generators
 * make one type for each name, but another type for each occurrence of an inline schema.
 */
export function withSchemaReferences(document: Json, schemas: Record<string, Json>): Json {
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
  // The definition of a named schema itself stays inline.
  const definitions = Object.entries(components.schemas).map(([name, schema]) => [name, visitAll(schema)]);
  return { ...visitAll(rest), components: { ...components, schemas: Object.fromEntries(definitions) } };
}
