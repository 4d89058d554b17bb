import type { Schema } from 'joi';
import { fieldErrors } from './error-responses.ts';

/**
 * The most values of a body of which all mistakes are collected. joi takes a good part of a millisecond for some of them, in which the process does nothing
 * else, and each value may be one.
 */
const MAX_VALUES_FOR_ALL_MISTAKES = 1_000;

/** What a schema makes of parsed JSON. Throws the error that names every wrong field, or the first one if the JSON is long or `abortEarly` asks for no more. */
export function validateJson<T>(schema: Schema<T>, json: unknown, { abortEarly = false } = {}): T {
  const { value, error } = schema.validate(json, {
    abortEarly: abortEarly || hasMoreValues(json, MAX_VALUES_FOR_ALL_MISTAKES),
    errors: { wrap: { label: false } },
  });
  if (error) throw fieldErrors(error);
  return value;
}

/** Whether there are more values than that in JSON, at any depth. Lists and objects count too. */
function hasMoreValues(json: unknown, most: number): boolean {
  // As a list and not by recursion: JSON may be nested more deeply than calls may.
  const values = [json];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const inside = typeof value === 'object' && value !== null ? Object.values(value) : [];
    if (values.length + inside.length > most) return true;
    values.push(...inside);
  }
  return false;
}
