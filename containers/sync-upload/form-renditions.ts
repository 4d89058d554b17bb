import Bourne from '@hapi/bourne';
import { renditionNameSchema, renditionsBodySchema } from '../../shared/contracts/api/rendition-request.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { validateJson } from '../../shared/http/validate-json.ts';

/** Names of the parts that hold the list, or one of its items as libraries write them (axios and PHP: `renditions[]` and `renditions[0]`). */
const PART_NAME = /^renditions(?:\[\d*\])?$/;

/** Names that libraries give the single values of an object in a list: `renditions[0][name]`, `renditions.0.name`. */
const NESTED_NAME = /^renditions[.[{]/;

/** Whether a part of this name asks for renditions; throws if it holds only a single value of a rendition. */
export function isRenditionsField(name: string): boolean {
  if (PART_NAME.test(name)) return true;
  if (!NESTED_NAME.test(name)) return false;
  const message = 'is a value of a rendition; send the whole as JSON in a part `renditions`';
  throw new ImageServiceError(
    'invalid_request',
    `The form's field ${JSON.stringify(name)} ${message}: renditions=[{"name": "card", "commands": [{"operation": "resize", "width": 600}]}]. In JavaScript that is JSON.stringify(renditions).`,
    { errors: [{ path: name, message }] },
  );
}

/**
 * The renditions that the parts `renditions` of a form ask for together, in the order of the parts. Each part is JSON, either a list or one
 * rendition, or the bare name of a preset: generated clients send a list in any of these ways. An empty part asks for nothing, because
 * forms send every field that they have.
 */
export class FormRenditions {
  readonly #parts: unknown[][] = [];
  #bytes = 0;

  /** Keeps the place of the next part, and returns a function that takes its text. That function throws if the parts so far are wrong. */
  next(): (text: string) => void {
    const index = this.#parts.push([]) - 1;
    return (text) => {
      this.#bytes += Buffer.byteLength(text);
      if (this.#bytes > LIMITS.jsonBytes) throw renditionsTooLong();
      this.#parts[index] = itemsOf(text);
      this.all();
    };
  }

  /** Every rendition that is asked for; throws if any is wrong. */
  all(): RenditionRequest[] {
    const renditions = this.#parts.flat();
    if (renditions.length === 0) return [];
    return validateJson(renditionsBodySchema, { renditions }).renditions;
  }
}

function itemsOf(text: string): unknown[] {
  if (text.trim() === '') return [];
  const value = parse(text);
  return Array.isArray(value) ? value : [value];
}

function parse(text: string): unknown {
  try {
    return Bourne.parse(text);
  } catch (cause) {
    if (!renditionNameSchema.validate(text).error) return text;
    throw new ImageServiceError(
      'malformed_json',
      `The field renditions is neither valid JSON nor the name of a preset: ${(cause as Error).message}.`,
      { cause, errors: [{ path: 'renditions', message: 'must be a JSON list' }] },
    );
  }
}

/** The error for parts that are together longer than a JSON request may be. */
export function renditionsTooLong(): ImageServiceError {
  const message = `is longer than ${LIMITS.jsonBytes} bytes`;
  return new ImageServiceError('invalid_request', `The form's field "renditions" ${message}.`, {
    errors: [{ path: 'renditions', message }],
  });
}
