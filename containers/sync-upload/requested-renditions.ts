import Bourne from '@hapi/bourne';
import { renditionNameSchema, renditionsBodySchema } from '../../shared/contracts/api/rendition-request.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { fieldErrors } from '../../shared/http/problem.ts';

/** Names of the parts of a list: as it is, and as libraries write each of its items (axios and PHP, `renditions[]` and `renditions[0]`). */
const PART_NAME = /^renditions(?:\[\d*\])?$/;

/** Names of what libraries make of an object in a list, a part for each of its values: `renditions[0][name]`, `renditions.0.name`. */
const NESTED_NAME = /^renditions[.[{]/;

/** Whether a part of this name asks for renditions; throws where it has one value of a rendition only. */
export function isOfRenditions(name: string): boolean {
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
 * What the parts `renditions` of a form ask for together, in their order. Each is JSON, a list or one rendition, or the bare name of a
 * preset: generated clients send a list in any of these ways. One that is empty asks for nothing: forms send every field that they have.
 */
export class RequestedRenditions {
  readonly #parts: unknown[][] = [];
  #bytes = 0;

  /** Keeps the place of a part, and answers what takes its text; that throws what is wrong with all that is there by then. */
  next(): (text: string) => void {
    const index = this.#parts.push([]) - 1;
    return (text) => {
      this.#bytes += Buffer.byteLength(text);
      if (this.#bytes > LIMITS.jsonBytes) throw tooLong();
      this.#parts[index] = itemsOf(text);
      this.all();
    };
  }

  /** Every rendition that is asked for; throws what is wrong with them. */
  all(): RenditionRequest[] {
    const renditions = this.#parts.flat();
    if (renditions.length === 0) return [];
    const { error, value } = renditionsBodySchema.validate(
      { renditions },
      { abortEarly: false, errors: { wrap: { label: false } } },
    );
    if (error) throw fieldErrors(error);
    return value.renditions;
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

/** The parts are longer than a request of JSON may be. */
export function tooLong(): ImageServiceError {
  const message = `is longer than ${LIMITS.jsonBytes} bytes`;
  return new ImageServiceError('invalid_request', `The form's field "renditions" ${message}.`, {
    errors: [{ path: 'renditions', message }],
  });
}
