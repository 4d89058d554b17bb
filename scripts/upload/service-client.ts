import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import type { LimitsView } from '../../shared/contracts/api/limits-view.ts';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { type PartPage, partPath, type UploadView, uploadPath } from '../../shared/contracts/api/upload-view.ts';
import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { type Answer, type Body, bodyOf, exchange, type Outgoing } from './http-exchange.ts';
import { Refusal, type Retrying, retryAfterSeconds, withRetries } from './retries.ts';

/** A requested rendition: the name of a preset, or a specification. */
export type AskedRendition = string | Record<string, unknown>;

/** The declaration with which an upload in parts is created. */
export interface Declaration {
  contentType: string;
  contentLength: number;
  checksumSha256: string;
  metadata?: Record<string, string>;
  renditions?: AskedRendition[];
  visibility?: Visibility;
}

/** What is asked of an upload in one request. */
interface Query {
  presets: string[];
  visibility: Visibility | undefined;
}

/** The URL and headers for sending a part. */
export interface PartTarget {
  url: URL;
  headers: Record<string, string>;
}

/** Options for sending bytes. */
export type Sending = Pick<Outgoing, 'onSent' | 'signal'>;

type Asked = Pick<Outgoing, 'headers' | 'signal'> & {
  json?: unknown;
  retries?: number;
  passing?: readonly ErrorCode[];
};

/** Sends a request once. Throws a Refusal unless the answer is a success. */
export async function sendOnce(url: URL, outgoing: Outgoing): Promise<Answer> {
  const answer = await exchange(url, outgoing);
  if (answer.status < 200 || answer.status > 299) throw new Refusal(answer);
  return answer;
}

/** Something answers at the URL, but it is not the service. */
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

/**
 * A client of the service's API. It retries every request where that makes sense, except requests that send bytes: their callers retry
 * them.
 */
export class ServiceClient {
  readonly base: string;
  readonly #onRetry: Retrying['onRetry'];
  /** The header for the service itself. Presigned URLs lead elsewhere and need no key. */
  readonly #authorization: Record<string, string>;

  constructor(base: string, { apiKey, onRetry }: { apiKey?: string | undefined } & Pick<Retrying, 'onRetry'>) {
    this.base = base.replace(/\/+$/, '');
    this.#onRetry = onRetry;
    this.#authorization = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  }

  at(path: string): URL {
    return new URL(this.base + path);
  }

  /** Retries `attempt` like the client's own requests. */
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

  /** This is the first request, so it retries for a short time only: a wrong URL must not take minutes. */
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

  /**
   * Requests a presigned URL for a part with these bytes. It does not retry, because the sender of the part repeats this request and the
   * sending together.
   */
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

  /** Returns the image's record, or how many seconds to wait before asking again. */
  async completeUpload(uploadId: string, parts: NamedPart[]): Promise<{ image: ImageView } | { waitSeconds: number }> {
    const answer = await this.#ask('POST', `${uploadPath(uploadId)}/complete`, { json: { parts } });
    if (answer.status === 202) return { waitSeconds: Math.max(1, retryAfterSeconds(answer.headers) ?? 1) };
    return { image: jsonOf(answer) };
  }

  /** Retries `image_not_found`, because a record that was just written may not be visible yet. */
  async getImage(path: string): Promise<ImageView> {
    return jsonOf(await this.#ask('GET', path, { retries: 4, passing: ['image_not_found'] }));
  }

  /** Sends a whole image in one request. */
  async uploadImage(body: Body, { presets, visibility }: Query, declared: Record<string, string>, sending: Sending) {
    const url = this.at(ROUTES.uploadImage.path);
    for (const preset of presets) url.searchParams.append('rendition', preset);
    if (visibility) url.searchParams.set('visibility', visibility);
    const headers = { ...this.#authorization, ...declared };
    return jsonOf<ImageView>(await sendOnce(url, { method: 'POST', headers, body, ...sending }));
  }
}
