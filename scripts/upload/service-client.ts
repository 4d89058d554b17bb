import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import type { LimitsView } from '../../shared/contracts/api/limits-view.ts';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { type PartPage, partPath, type UploadView, uploadPath } from '../../shared/contracts/api/upload-view.ts';
import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { type Answer, type Body, bodyOf, exchange, type Outgoing } from './http-exchange.ts';
import { Refusal, type Retrying, retryAfterSeconds, withRetries } from './retries.ts';

/** A rendition as it is asked for: the name of a preset, or one spelled out. */
export type AskedRendition = string | Record<string, unknown>;

/** What is declared of an upload in parts. */
export interface Declaration {
  contentType: string;
  contentLength: number;
  checksumSha256: string;
  metadata?: Record<string, string>;
  renditions?: AskedRendition[];
}

/** Where the bytes of a part are to be sent, with what beside them. */
export interface PartTarget {
  url: URL;
  headers: Record<string, string>;
}

/** What goes along with sending bytes. */
export type Sending = Pick<Outgoing, 'onSent' | 'signal'>;

type Asked = Pick<Outgoing, 'headers' | 'signal'> & {
  json?: unknown;
  retries?: number;
  passing?: readonly ErrorCode[];
};

/** Sends once; an answer that is no success becomes a Refusal. */
export async function sendOnce(url: URL, outgoing: Outgoing): Promise<Answer> {
  const answer = await exchange(url, outgoing);
  if (answer.status < 200 || answer.status > 299) throw new Refusal(answer);
  return answer;
}

/** Something answers, but not as the service does. */
export class NoService extends Error {
  override readonly name = 'NoService';
}

function jsonOf<Value>({ status, body }: Answer): Value {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new NoService(`It answers ${status}, but not in JSON.`, { cause: error });
  }
}

/** The service's API as the client uses it. Every request is tried again where that makes sense, but those for bytes, which their senders retry. */
export class ServiceClient {
  readonly base: string;
  readonly #onRetry: Retrying['onRetry'];
  /** For the service itself: a presigned URL leads elsewhere, and is enough. */
  readonly #authorization: Record<string, string>;

  constructor(base: string, { apiKey, onRetry }: { apiKey?: string | undefined } & Pick<Retrying, 'onRetry'>) {
    this.base = base.replace(/\/+$/, '');
    this.#onRetry = onRetry;
    this.#authorization = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  }

  at(path: string): URL {
    return new URL(this.base + path);
  }

  /** Retries as the client's own requests are. */
  retrying<Result>(attempt: () => Promise<Result>, options: Omit<Retrying, 'onRetry'> = {}): Promise<Result> {
    return withRetries(attempt, { onRetry: this.#onRetry, ...options });
  }

  #ask(method: string, path: string, { json, headers, retries, passing, signal }: Asked = {}): Promise<Answer> {
    const body = json === undefined ? undefined : bodyOf(Buffer.from(JSON.stringify(json)));
    const type = body && { 'content-type': 'application/json' };
    const outgoing = {
      method,
      headers: { ...this.#authorization, ...type, ...headers },
      ...(body && { body }),
      signal,
    };
    return this.retrying(() => sendOnce(this.at(path), outgoing), {
      ...(retries !== undefined && { retries }),
      ...(passing && { passing }),
      signal,
    });
  }

  /** Asked first, and so not for long: a wrong URL must not take minutes. */
  async limits(): Promise<LimitsView> {
    const limits = jsonOf<LimitsView>(await this.#ask('GET', ROUTES.getLimits.path, { retries: 2 }));
    if (!limits?.limits?.asyncUploadBytes) throw new NoService('It answers, but knows no limits.');
    return limits;
  }

  async createUpload(declaration: Declaration, idempotencyKey: string): Promise<UploadView> {
    const headers = { 'idempotency-key': idempotencyKey };
    return jsonOf(await this.#ask('POST', ROUTES.createUpload.path, { json: declaration, headers }));
  }

  async getUpload(uploadId: string): Promise<UploadView> {
    return jsonOf(await this.#ask('GET', uploadPath(uploadId)));
  }

  async listParts(uploadId: string): Promise<PartPage['parts']> {
    const all: PartPage['parts'] = [];
    for (let marker: number | undefined = 0; marker !== undefined; ) {
      const answer = await this.#ask('GET', `${uploadPath(uploadId)}/parts?part-number-marker=${marker}`);
      const page = jsonOf<PartPage>(answer);
      all.push(...page.parts);
      marker = page.nextPartNumberMarker;
    }
    return all;
  }

  partTarget(uploadId: string, partNumber: number, headers: Record<string, string>): PartTarget {
    return { url: this.at(partPath(uploadId, partNumber)), headers: { ...this.#authorization, ...headers } };
  }

  /** A presigned URL for a part with these bytes. Asked for once: who sends the part tries again with both. */
  async presignedTarget(
    uploadId: string,
    part: { partNumber: number; contentLength: number; contentMd5: string },
    signal?: AbortSignal,
  ): Promise<PartTarget> {
    const asked = { json: { parts: [part] }, retries: 0, signal };
    const answer = await this.#ask('POST', `${uploadPath(uploadId)}/part-urls`, asked);
    const [target] = jsonOf<{ parts: { url: string; headers: Record<string, string> }[] }>(answer).parts;
    if (!target) throw new Error('The service answered no URL for the part.');
    return { url: new URL(target.url), headers: target.headers };
  }

  /** The record, or how many seconds to wait before asking again. */
  async completeUpload(uploadId: string, parts: NamedPart[]): Promise<{ image: ImageView } | { waitSeconds: number }> {
    const answer = await this.#ask('POST', `${uploadPath(uploadId)}/complete`, { json: { parts } });
    if (answer.status === 202) return { waitSeconds: Math.max(1, retryAfterSeconds(answer.headers) ?? 1) };
    return { image: jsonOf(answer) };
  }

  /** A record just written may not be seen yet. */
  async getImage(path: string): Promise<ImageView> {
    return jsonOf(await this.#ask('GET', path, { retries: 4, passing: ['image_not_found'] }));
  }

  /** Sends a whole image in one request. */
  async uploadImage(body: Body, presets: string[], declared: Record<string, string>, sending: Sending) {
    const url = this.at(ROUTES.uploadImage.path);
    for (const preset of presets) url.searchParams.append('rendition', preset);
    const headers = { ...this.#authorization, ...declared };
    return jsonOf<ImageView>(await sendOnce(url, { method: 'POST', headers, body, ...sending }));
  }
}
