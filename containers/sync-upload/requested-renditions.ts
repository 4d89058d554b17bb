import Bourne from '@hapi/bourne';
import { renditionNameSchema, renditionsBodySchema } from '../../shared/contracts/rendition-request.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { fieldErrors } from '../../shared/http/problem.ts';

/**
 * What the parts `renditions` of a form ask for together, in their order. Each is JSON, a list or one rendition, or the bare name of a
 * preset: generated clients send a list in any of these ways.
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
    if (this.#parts.length === 0) return [];
    const { error, value } = renditionsBodySchema.validate(
      { renditions: this.#parts.flat() },
      { abortEarly: false, errors: { wrap: { label: false } } },
    );
    if (error) throw fieldErrors(error);
    return value.renditions;
  }
}

function itemsOf(text: string): unknown[] {
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
