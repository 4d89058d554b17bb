import { expect } from 'chai';
import type { ImageView } from '../../../shared/contracts/api/image-view.ts';
import { decodeMessage, type ProcessingMessage } from '../../../shared/contracts/queue-message.ts';
import type { Failure } from '../../../shared/domain/errors.ts';
import { IMAGE_FORMATS, type OutputFormat } from '../../../shared/domain/formats/image-format.ts';
import { renditionKey } from '../../../shared/domain/object-key.ts';
import type { RenditionFacts } from '../../../shared/domain/rendition.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { type ImageTable, readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { failRendition, finishRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { eventually } from '../eventually.ts';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../http/form-body.ts';
import { type Answered, jsonOf, type Outgoing, send } from '../http/http-client.ts';
import { bodyOf } from '../storage/bodies.ts';
import type { Services } from './services.ts';

/** A rendition and its image. */
export interface Named {
  imageId: string;
  name: string;
}

/** Bytes that a worker has made. */
interface Made {
  bytes: Buffer;
  format: OutputFormat;
  frames?: number;
  /** Whether it shows a private watermark. */
  isPrivate?: true;
}

export type Headers = NonNullable<Outgoing['headers']>;

/** Uploads images, plays the worker that makes their renditions, and downloads them. */
export interface Downloads {
  services: Services;
  /** `GET`, or another method. */
  get(path: string, headers?: Headers, method?: string): Promise<Answered>;
  upload(bytes: Buffer, renditions?: unknown[], query?: string): Promise<ImageView>;
  /** Does what a worker does, up to the record. */
  make(rendition: Named, made: Made): Promise<RenditionFacts>;
  fail(rendition: Named): Promise<Failure>;
  delete(imageId: string): Promise<unknown>;
  /** Removes a rendition's bytes and leaves its record, as a lifecycle rule does. */
  expire(rendition: Named): Promise<void>;
  /** How many messages were sent for a rendition. */
  timesQueued(rendition: Named): number;
  /** Resolves when a request that was just begun has looked for its image twice, and so waits for what it asked for. */
  isWaitedFor(imageId: string): Promise<void>;
}

export function downloadsOf(services: Services): Downloads {
  const { table, objects, queue } = services;
  const sent = messagesOf(queue);
  const reads = readsOf(table);

  const found = async ({ imageId, name }: Named) => {
    const image = await readStoredImage(table, imageId, { consistent: true });
    const rendition = image.renditions.find((each) => each.name === name);
    if (!rendition) throw new Error(`there is no rendition ${name}`);
    return { image, rendition };
  };

  return {
    services,
    get: (path, headers = {}, method = 'GET') => send(services.download, { method, path, headers }),
    async upload(bytes, renditions = [], query = '') {
      const parts = [filePart(bytes), ...(renditions.length > 0 ? [renditionsPart(renditions)] : [])];
      const sent = { method: 'POST', path: `/v1/images${query}`, headers: { 'content-type': FORM_TYPE } };
      const answer = await send(services.upload, { ...sent, body: formBody(parts) });
      expect(answer.status, answer.body.toString()).to.equal(201);
      return jsonOf(answer);
    },
    async make(named, { bytes, format, frames, isPrivate }) {
      await startRendition(table, named);
      const { image, rendition } = await found(named);
      const key = renditionKey(image.record, rendition, format);
      const contentType = IMAGE_FORMATS[format].mediaType;
      const stored = await objects.put(key, bodyOf(bytes), { contentType, contentLength: bytes.length });
      const facts = { key, contentType, ...stored, width: 20, height: 20, ...(frames && { frames }) };
      expect(
        await finishRendition(table, named, { ...facts, ...(isPrivate && { isPrivate }) }),
        'was asked for',
      ).to.not.equal(undefined);
      return facts;
    },
    async fail(named) {
      const failure: Failure = { code: 'crop_outside_image', detail: 'commands[0]: 90 is right of the image.' };
      await startRendition(table, named);
      await failRendition(table, named, failure);
      return failure;
    },
    delete: (imageId) => send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` }),
    async expire(named) {
      const { facts } = (await found(named)).rendition;
      await objects.delete(String(facts?.key));
    },
    timesQueued: ({ imageId, name }) =>
      sent
        .filter((message) => message.imageId === imageId)
        .flatMap(({ renditions }) => renditions)
        .filter((rendition) => rendition.name === name).length,
    async isWaitedFor(imageId) {
      const timesRead = () => reads.filter((read) => read.includes(imageId)).length;
      const before = timesRead();
      await eventually('somebody waits', () => timesRead() >= before + 2);
    },
  };
}

/** Records the messages that a queue gets from now on. Receiving them would take long, because they may have a delay. */
function messagesOf({ sqs }: ProcessingQueue): ProcessingMessage[] {
  const messages: ProcessingMessage[] = [];
  sqs.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if ('MessageBody' in args.input) messages.push(decodeMessage(String(args.input.MessageBody)));
      return answer;
    },
    { step: 'initialize' },
  );
  return messages;
}

/** Records the requests to a table from now on, each as JSON. */
function readsOf({ documents }: ImageTable): string[] {
  const reads: string[] = [];
  documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'QueryCommand') reads.push(JSON.stringify(args.input));
        return next(args);
      },
    { step: 'initialize' },
  );
  return reads;
}

/** Headers that differ between any two answers. */
const PASSING = ['date', 'x-request-id', 'connection', 'keep-alive', 'transfer-encoding'];

const lasting = ({ headers }: Answered) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !PASSING.includes(name)));

/**
 * Checks that the answer to HEAD equals that to GET, without the body. With 304 only HEAD has a length, which is that of the full answer.
 */
export function expectSameHead(head: Answered, get: Answered): void {
  const [{ 'content-length': length, ...headers }, { 'content-length': expected, ...others }] = [
    lasting(head),
    lasting(get),
  ];
  expect(head.status).to.equal(get.status);
  expect(headers).to.deep.equal(others);
  if (get.status === 304) expect(length).to.not.equal('0');
  else expect(length).to.equal(expected).and.match(/^\d+$/);
  expect(head.body).to.have.length(0);
}

/** The header names in Vary. */
export const varyOf = ({ headers }: Answered): string[] =>
  String(headers.vary ?? '')
    .split(/\s*,\s*/)
    .filter(Boolean);
