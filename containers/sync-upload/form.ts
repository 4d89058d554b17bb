import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { renditionsSchema } from '../../shared/contracts/rendition-request.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { fieldErrors } from '../../shared/http/problem.ts';

/** The image in a request, as it arrives. */
export interface IncomingImage {
  body: Readable;
  /** Media type that the client declares. */
  declaredType: string | undefined;
}

/** What a form holds, each part settled as soon as it is known; both reject if the form is wrong. */
export interface Form {
  image: Promise<IncomingImage>;
  /** Settles when the whole form has been read, which needs the image to be read. */
  renditions: Promise<RenditionRequest[]>;
}

/** Reads multipart/form-data with one `file` and, before or after it, one `renditions`. Nothing is buffered but the latter. */
export function readForm(headers: IncomingHttpHeaders, body: Readable): Form {
  const image = Promise.withResolvers<IncomingImage>();
  const renditions = Promise.withResolvers<RenditionRequest[]>();
  let file: Readable | undefined;
  let requested: RenditionRequest[] | undefined;

  const fail = (error: unknown) => {
    image.reject(error);
    renditions.reject(error);
    file?.destroy(error as Error);
    body.destroy();
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };

  attempt(() => {
    const parser = new Busboy({
      headers: headers as BusboyHeaders,
      limits: { fieldSize: LIMITS.jsonBytes, fields: 8, files: 2, headerPairs: 32 },
    });
    parser.on('file', (name, stream, _filename, _encoding, mimetype) =>
      attempt(() => {
        stream.on('error', fail);
        if (name !== 'file') throw wrongField(name, 'is not a file this route takes; the image goes into `file`');
        if (file) throw wrongField(name, 'may be there once; one request takes one image');
        file = stream;
        image.resolve({ body: stream, declaredType: mimetype });
      }),
    );
    parser.on('field', (name, value, _nameCut, valueCut) =>
      attempt(() => {
        if (name !== 'renditions')
          throw wrongField(name, 'is not a field of this route; it takes `file` and `renditions`');
        if (requested) throw wrongField(name, 'may be there once');
        if (valueCut) throw wrongField(name, `is longer than ${LIMITS.jsonBytes} bytes`);
        requested = parseRenditions(value);
      }),
    );
    parser.on('finish', () =>
      attempt(() => {
        if (!file) throw wrongField('file', 'is required and holds the image');
        renditions.resolve(requested ?? []);
      }),
    );
    parser.on('error', (error) => fail(malformed(error)));
    body.on('error', fail);
    body.pipe(parser);
  });

  // Whoever reads the form awaits them one after the other; a rejection of the second meanwhile must not end the process.
  image.promise.catch(() => undefined);
  renditions.promise.catch(() => undefined);
  return { image: image.promise, renditions: renditions.promise };
}

function parseRenditions(text: string): RenditionRequest[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
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
  const result = renditionsSchema.validate(value, {
    abortEarly: false,
    convert: false,
    errors: { wrap: { label: false } },
  });
  if (result.error) throw fieldErrors(result.error, 'renditions');
  return result.value;
}

const wrongField = (name: string, message: string): ImageServiceError =>
  new ImageServiceError('invalid_request', `The form's field ${JSON.stringify(name)} ${message}.`, {
    errors: [{ path: name, message }],
  });

const malformed = (cause: unknown): ImageServiceError =>
  cause instanceof ImageServiceError
    ? cause
    : new ImageServiceError('malformed_form', `The form cannot be read: ${(cause as Error).message}.`, { cause });
