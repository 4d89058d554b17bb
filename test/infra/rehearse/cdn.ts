import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { runInNewContext } from 'node:vm';
import { openUpstream } from '../../../scripts/test-aws/relay.ts';
import { DEFAULT_ANSWER } from '../../../shared/contracts/listener-rules.ts';
import { BEHAVIOURS } from '../../../stacks/edge/cdn-routes.ts';
import { aws } from '../aws-cli.ts';

/** The function that runs at the edge for each request of a rendition. */
const ACCEPT = readFileSync(new URL('../../../stacks/edge/accept.js', import.meta.url), 'utf8');

interface Kept {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
  since: number;
  until: number;
}

/** A distribution in front of a load balancer. */
export interface Cdn {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Forgets these paths; one that ends with `*` stands for all that begin with the rest. */
  invalidate(paths: string[]): void;
}

/**
 * Stands in for CloudFront with the applied distribution: it serves the paths of the download service, proves itself to the load balancer by
 * the applied secret, and keeps answers as long as their Cache-Control allows, by path and query, until they are invalidated. One edge has
 * everything.
 */
export function createCdn(endpoint: string, loadBalancer: string): Cdn {
  const kept = new Map<string, Kept>();
  let secret: Promise<Record<string, string>> | undefined;

  async function ask(request: IncomingMessage, path: string, isLive: boolean): Promise<IncomingMessage> {
    secret ??= readSecret(endpoint);
    const { host: _, accept, 'if-none-match': __, ...headers } = request.headers;
    const forwarded = { ...headers, ...(isLive && accept && { accept }), ...(await secret) };
    const asked = openUpstream(loadBalancer, { method: request.method, url: path }, forwarded);
    asked.end();
    const [answered] = (await once(asked, 'response')) as [IncomingMessage];
    return answered;
  }

  async function find(request: IncomingMessage, path: string): Promise<{ found: Kept; cache: string }> {
    const found = kept.get(path);
    if (found && found.until > Date.now()) return { found, cache: 'Hit from cloudfront' };
    const answered = await ask(request, path, false);
    const { statusCode: status = 502, headers } = answered;
    const since = Date.now();
    const made = { status, headers, body: await buffer(answered), since, until: since + lifetimeOf(headers) * 1000 };
    if (status === 200) kept.set(path, made);
    return { found: made, cache: 'Miss from cloudfront' };
  }

  return {
    async answer(request, response) {
      const { url = '/', method = 'GET', headers } = request;
      const { pathname } = new URL(url, 'http://cdn');
      const behaviour = BEHAVIOURS.find(({ pathPattern }) => matches(pathPattern, pathname));
      if (!behaviour) {
        response.writeHead(DEFAULT_ANSWER.status).end(DEFAULT_ANSWER.body);
        return;
      }
      const path = behaviour.kind === 'rendition' ? withExtension(request) : url;
      if (behaviour.kind !== 'live' && method === 'GET' && !headers.range) {
        const { found, cache } = await find(request, path);
        return tell(response, headers['if-none-match'] === found.headers.etag ? unchanged(found) : found, cache);
      }
      const answered = await ask(request, path, behaviour.kind === 'live');
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      await pipeline(answered, response);
    },
    invalidate(paths) {
      for (const path of kept.keys()) if (paths.some((pattern) => matches(pattern, path))) kept.delete(path);
    },
  };
}

async function readSecret(endpoint: string): Promise<Record<string, string>> {
  const { DistributionList } = await aws(endpoint, 'cloudfront', 'list-distributions');
  const config = ['get-distribution-config', '--id', DistributionList.Items[0].Id] as const;
  const { DistributionConfig } = await aws(endpoint, 'cloudfront', ...config);
  const sent: { HeaderName: string; HeaderValue: string }[] = DistributionConfig.Origins.Items[0].CustomHeaders.Items;
  return Object.fromEntries(sent.map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]));
}

/** The path after the applied function, which turns what a client accepts into the extension of a rendition. */
function withExtension({ url = '/', headers }: IncomingMessage): string {
  const { pathname, search, searchParams } = new URL(url, 'http://cdn');
  const querystring = Object.fromEntries([...searchParams].map(([name, value]) => [name, { value }]));
  const accepted = headers.accept ? { accept: { value: headers.accept } } : {};
  const event = { request: { uri: pathname, querystring, headers: accepted } };
  return `${runInNewContext(`${ACCEPT}\nhandler(event).uri`, { event })}${search}`;
}

const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(path);

/** Seconds for which a shared cache may keep an answer. */
function lifetimeOf({ 'cache-control': control = '' }: IncomingMessage['headers']): number {
  if (/\b(private|no-store|no-cache)\b/.test(control)) return 0;
  const [, seconds] = /\bs-maxage=(\d+)/.exec(control) ?? /\bmax-age=(\d+)/.exec(control) ?? [];
  return Number(seconds ?? 0);
}

/** The answer to somebody who has it already. */
const unchanged = (found: Kept): Kept =>
  found.headers.etag === undefined
    ? found
    : { ...found, status: 304, headers: { etag: found.headers.etag }, body: NO_BYTES };

const NO_BYTES = Buffer.alloc(0);

function tell(response: ServerResponse, { status, headers, body, since }: Kept, cache: string): void {
  const { 'transfer-encoding': _, 'content-length': told, connection: __, ...rest } = headers;
  const age = Math.floor((Date.now() - since) / 1000);
  const length = status === 304 ? {} : { 'content-length': told ?? String(body.length) };
  response.writeHead(status, { ...rest, ...length, age: String(age), 'x-cache': cache });
  response.end(body);
}
