import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import Bourne from '@hapi/bourne';
import { renditionsBodySchema } from '../../shared/contracts/rendition-request.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { fieldErrors } from '../../shared/http/problem.ts';
import { LimitedBody } from '../../shared/uploads/checked-body.ts';
import type { IncomingImage } from '../../shared/uploads/inspect-image.ts';

/** What a form holds, each part settled as soon as it is known; both reject if the form is wrong. */
export interface Form {
  image: Promise<IncomingImage>;
  /** Settles when the whole form has been read, which needs the image to be read. */
  renditions: Promise<RenditionRequest[]>;
}

/** Reads multipart/form-data with one `file` and, before or after it, one `renditions`. Nothing is buffered but the latter. */
export function readForm(headers: IncomingHttpHeaders, body: Readable): Form {
  const form = new OpenForm(body);
  form.attempt(() => {
    const parser = openParser(headers);
    parser.on('file', (name, stream, _filename, _encoding, mediaType) =>
      form.attempt(() => form.takeFile(name, stream, mediaType)),
    );
    parser.on('field', (name, value, _nameCut, valueCut) => form.attempt(() => form.takeField(name, value, valueCut)));
    parser.on('finish', () => void form.finish().catch((error) => form.fail(error)));
    parser.on('error', (error) => form.fail(malformed(error)));
    body.on('error', (error) => form.fail(error));
    body.pipe(parser);
  });
  return { image: form.image.promise, renditions: form.renditions.promise };
}

function openParser(headers: IncomingHttpHeaders) {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      limits: { fieldSize: LIMITS.jsonBytes, fields: 8, files: 3, headerPairs: 32 },
    });
  } catch (error) {
    throw malformed(error);
  }
}

/** A form while it arrives. The first thing that is wrong settles everything. */
class OpenForm {
  readonly image = Promise.withResolvers<IncomingImage>();
  readonly renditions = Promise.withResolvers<RenditionRequest[]>();
  readonly #body: Readable;
  #file: Readable | undefined;
  #requested: RenditionRequest[] | undefined;
  #pending: Promise<void> | undefined;

  constructor(body: Readable) {
    this.#body = body;
    // Whoever reads the form awaits them one after the other; a rejection of the second meanwhile must not end the process.
    this.image.promise.catch(() => undefined);
    this.renditions.promise.catch(() => undefined);
  }

  takeFile(name: string, stream: Readable, mediaType: string): void {
    stream.on('error', (error) => this.fail(malformed(error)));
    if (name === 'renditions') {
      this.#pending = this.#readField(name, stream);
      return;
    }
    if (name !== 'file') throw wrongField(name, 'is not a file this route takes; the image goes into `file`');
    if (this.#file) throw wrongField(name, 'may be there once; one request takes one image');
    this.#file = pipeline(stream, new LimitedBody(LIMITS.syncUploadBytes), (error) => {
      if (error) this.fail(malformed(error));
    });
    this.image.resolve({ body: this.#file, declaredType: mediaType });
  }

  takeField(name: string, value: string, isCut: boolean): void {
    if (name !== 'renditions') throw wrongField(name, 'is not a field of this route; it takes `file` and `renditions`');
    if (this.#requested) throw wrongField(name, 'may be there once');
    if (isCut) throw wrongField(name, `is longer than ${LIMITS.jsonBytes} bytes`);
    this.#requested = parseRenditions(value);
  }

  /** Browsers send a JSON Blob as a file. */
  async #readField(name: string, stream: Readable): Promise<void> {
    try {
      const limited = pipeline(stream, new LimitedBody(LIMITS.jsonBytes), () => undefined);
      this.takeField(name, await text(limited), false);
    } catch (error) {
      this.fail(malformed(error));
    }
  }

  async finish(): Promise<void> {
    await this.#pending;
    if (!this.#file) throw wrongField('file', 'is required and holds the image');
    this.renditions.resolve(this.#requested ?? []);
  }

  fail(error: unknown): void {
    this.image.reject(error);
    this.renditions.reject(error);
    this.#file?.destroy(error as Error);
    this.#body.destroy();
  }

  /** Does one step of reading; what it throws is what is wrong with the form. */
  attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error);
    }
  }
}

function parseRenditions(text: string): RenditionRequest[] {
  let value: unknown;
  try {
    value = Bourne.parse(text);
  } catch (error) {
    throw new ImageServiceError(
      'malformed_json',
      `The field renditions is not valid JSON: ${(error as Error).message}.`,
      {
        cause: error,
        errors: [{ path: 'renditions', message: 'must be a JSON list' }],
      },
    );
  }
  const result = renditionsBodySchema.validate(
    { renditions: value },
    { abortEarly: false, errors: { wrap: { label: false } } },
  );
  if (result.error) throw fieldErrors(result.error);
  return result.value.renditions;
}

const wrongField = (name: string, message: string): ImageServiceError =>
  new ImageServiceError('invalid_request', `The form's field ${JSON.stringify(name)} ${message}.`, {
    errors: [{ path: name, message }],
  });

const malformed = (cause: unknown): ImageServiceError =>
  cause instanceof ImageServiceError
    ? cause
    : new ImageServiceError('malformed_form', `The form cannot be read: ${(cause as Error).message}.`, { cause });
