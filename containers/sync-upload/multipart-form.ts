import type { IncomingHttpHeaders } from 'node:http';
import { type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { UNDECLARED_MEDIA_TYPE } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { IncomingImage } from '../../shared/uploads/inspect-image.ts';
import type { UploadStreams } from '../../shared/uploads/upload-streams.ts';
import { LimitedBody } from '../../shared/uploads/verified-body.ts';
import { FormRenditions, isRenditionsField, renditionsTooLong } from './form-renditions.ts';

/** The image of a form, with the file name that its part gives. */
interface FormImage extends IncomingImage {
  fileName?: string | undefined;
}

/** The contents of a form. Each promise settles as soon as its part is known; both reject if the form is wrong. */
export interface Form {
  image: Promise<FormImage>;
  /** Settles when the whole form has been read, for which somebody must read the image. */
  renditions: Promise<RenditionRequest[]>;
}

interface FormStreams {
  streams: UploadStreams;
  /** Opens the stream that counts the bytes of the image. */
  openFile(): LimitedBody;
}

/** Reads multipart/form-data with one `file` and, before or after it, any number of `renditions`. Only the latter are buffered. */
export function readForm(headers: IncomingHttpHeaders, body: Readable, { streams, openFile }: FormStreams): Form {
  const form = new OpenForm(streams, openFile);
  const parser = streams.own(openParser(headers), malformed);
  parser.on('file', (name, stream, filename: string | undefined) =>
    form.attempt(() => form.takeFile(name, stream, filename)),
  );
  parser.on('field', (name, value, _nameCut, valueCut) => form.attempt(() => form.takeField(name, value, valueCut)));
  streams.connect(body, feedParser(parser)).on('finish', () => void form.finish().catch((error) => streams.end(error)));
  return { image: form.image.promise, renditions: form.renditions.promise };
}

/**
 * A stream that feeds the parser. It finishes when both the parser and the body have finished, because the body, and the check of its digests,
 * may go on behind the last boundary. An exception of the parser becomes an error of this stream: thrown from an event of the request, it
 * would end the process.
 */
function feedParser(parser: ReturnType<typeof openParser>): Writable {
  const parsed = new Promise<void>((resolve) => parser.once('finish', resolve));
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        parser.write(chunk, done);
      } catch (error) {
        done(malformed(error));
      }
    },
    final(done) {
      parser.end();
      void parsed.then(() => done());
    },
  });
}

/** A part for each rendition, one for the image, and one too many, so that too many are refused and not ignored. */
const MOST_PARTS = LIMITS.renditionsPerRequest + 2;

function openParser(headers: IncomingHttpHeaders) {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      limits: { fieldSize: LIMITS.jsonBytes, fields: MOST_PARTS, files: MOST_PARTS, headerPairs: 32 },
      // The name of its field identifies the image, because clients leave out its filename, its Content-Type or both.
      isPartAFile: (name, mediaType, filename) =>
        name === 'file' || filename !== undefined || mediaType === UNDECLARED_MEDIA_TYPE,
    });
  } catch (error) {
    throw malformed(error);
  }
}

/** How browsers write a quotation mark in the names of a form (HTML, multipart/form-data encoding algorithm). */
const QUOTE = '%22';

/** A form while it arrives. */
class OpenForm {
  readonly image: PromiseWithResolvers<FormImage>;
  readonly renditions: PromiseWithResolvers<RenditionRequest[]>;
  readonly #streams: UploadStreams;
  readonly #openFile: () => LimitedBody;
  #hasFile = false;
  readonly #requested = new FormRenditions();
  readonly #pending: Promise<void>[] = [];

  constructor(streams: UploadStreams, openFile: () => LimitedBody) {
    this.#streams = streams;
    this.#openFile = openFile;
    this.image = streams.promise();
    this.renditions = streams.promise();
  }

  takeFile(name: string | undefined, stream: Readable, fileName: string | undefined): void {
    this.#streams.own(stream, malformed);
    if (!name) throw nameless();
    if (isRenditionsField(name)) {
      this.#pending.push(this.#readRenditions(stream));
      return;
    }
    if (name !== 'file') throw wrongField(name, 'is not a file this route takes; the image goes into `file`');
    if (this.#hasFile) throw wrongField(name, 'may be there once; one request takes one image');
    this.#hasFile = true;
    const body = this.#streams.connect(stream, this.#openFile());
    // The type of a part is not taken as declared: mostly it is the client's guess from the file's name, or the parser's default.
    this.image.resolve({ body, counter: body, declaredType: undefined, fileName: fileName?.replaceAll(QUOTE, '"') });
  }

  takeField(name: string | undefined, value: string, isCut: boolean): void {
    if (!name) throw nameless();
    if (!isRenditionsField(name))
      throw wrongField(name, 'is not a field of this route; it takes `file` and `renditions`');
    if (isCut) throw renditionsTooLong();
    this.#requested.next()(value);
  }

  /** Reads renditions that come as a file, as browsers send a JSON Blob. */
  #readRenditions(stream: Readable): Promise<void> {
    const take = this.#requested.next();
    const body = this.#streams.connect(stream, new LimitedBody(LIMITS.jsonBytes, renditionsTooLong));
    return (
      this.#streams
        .during(async () => take(await text(body)))
        // The streams pass the error on to everybody who waits for the form.
        .catch(() => undefined)
    );
  }

  async finish(): Promise<void> {
    await Promise.all(this.#pending);
    if (!this.#hasFile) throw wrongField('file', 'is required and holds the image');
    this.renditions.resolve(this.#requested.all());
  }

  /** Does one step of reading; an exception in it ends the whole upload. */
  attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#streams.end(malformed(error));
    }
  }
}

const wrongField = (name: string, message: string): ImageServiceError =>
  new ImageServiceError('invalid_request', `The form's field ${JSON.stringify(name)} ${message}.`, {
    errors: [{ path: name, message }],
  });

const nameless = (): ImageServiceError =>
  new ImageServiceError('invalid_request', 'The form has a part without a name; it takes `file` and `renditions`.', {
    errors: [{ path: 'form', message: 'has a part without a name' }],
  });

const malformed = (cause: unknown): ImageServiceError =>
  cause instanceof ImageServiceError
    ? cause
    : new ImageServiceError('malformed_form', `The form cannot be read: ${(cause as Error).message}.`, { cause });
