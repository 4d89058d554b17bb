import { sign } from 'node:crypto';
import { type Answer, bodyOf, ConnectionLost, exchange, type Limits } from '../upload/http-exchange.ts';
import { withRetries } from '../upload/retries.ts';

/** A request as a step of the smoke test makes it. */
export interface Asked {
  headers?: Record<string, string>;
  json?: unknown;
  body?: Buffer;
  /** Sends no key, like a stranger. */
  isAnonymous?: boolean;
}

/** Signs URLs for a CDN that serves bytes to signed URLs only. */
interface Signer {
  keyId: string;
  privateKey: string;
}

interface EndpointOptions {
  apiKey?: string | undefined;
  signer?: Signer | undefined;
  signal?: AbortSignal | undefined;
  /** For tests, which cannot wait so long. */
  limits?: Limits;
}

/** The pictures of a run and their records are far smaller, and come in far less time. */
const LIMITS: Limits = { totalMs: 60_000, bytes: 32 * 1024 * 1024 };

/** What a load balancer or a CDN answers where no service does. */
const UNANSWERED = [502, 503, 504];

/** Together about fifteen seconds: what lasts longer is a fault that must be found. */
const RETRIES = 5;

const SIGNED_SECONDS = 600;

/** The API or the CDN, as clients reach it. */
export class Endpoint {
  readonly base: string;
  readonly #options: EndpointOptions;

  constructor(base: string, options: EndpointOptions) {
    this.base = base.replace(/\/+$/, '');
    this.#options = options;
  }

  /** The same with other options, such as without the signal that ends a run. */
  with(options: EndpointOptions): Endpoint {
    return new Endpoint(this.base, { ...this.#options, ...options });
  }

  /** Sends a request and returns the answer, whatever its status. Tries again where no service has answered. */
  async ask(method: string, path: string, { headers, json, body, isAnonymous }: Asked = {}): Promise<Answer> {
    const { apiKey, signal, limits = LIMITS } = this.#options;
    const bytes = json === undefined ? body : Buffer.from(JSON.stringify(json));
    const all = {
      ...(apiKey && !isAnonymous && { authorization: `Bearer ${apiKey}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    const outgoing = { method, headers: all, signal, limits, ...(bytes && { body: bodyOf(bytes) }) };
    const once = async () => {
      const answer = await exchange(this.#url(path), outgoing);
      if (UNANSWERED.includes(answer.status))
        throw new ConnectionLost(`${method} ${path} is answered ${answer.status} at ${this.base}`);
      return answer;
    };
    return withRetries(once, { onRetry: () => undefined, retries: RETRIES, signal });
  }

  /** Paths of bytes are signed where the CDN wants that: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html */
  #url(path: string): URL {
    const url = new URL(this.base + path);
    const { signer } = this.#options;
    if (!signer || !/\/(original|renditions|files)\b/.test(url.pathname)) return url;
    const expires = Math.floor(Date.now() / 1000) + SIGNED_SECONDS;
    const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
    const signature = sign('sha1', Buffer.from(policy), signer.privateKey).toString('base64');
    const safe = signature.replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
    const query = `Expires=${expires}&Signature=${safe}&Key-Pair-Id=${signer.keyId}`;
    return new URL(`${url}${url.search ? '&' : '?'}${query}`);
  }
}
