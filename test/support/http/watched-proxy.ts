import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { compileListenerRules, matchListenerRule } from '../../../shared/contracts/listener-rules.ts';
import type { Services } from '../services/services.ts';
import { type Answered, send } from './http-client.ts';

/** A request through the proxy, with its answer. */
export interface Exchange {
  method: string;
  /** The path without its query. */
  path: string;
  query: string;
  headers: IncomingMessage['headers'];
  /** When the request arrived, in epoch milliseconds. */
  at: number;
  status: number;
  body: Buffer;
}

type Arrived = Omit<Exchange, 'status' | 'body'>;

/** What to do with a request: `pass` it on, `hangUp`, or send an answer in place of the service. */
export type Verdict = 'pass' | 'hangUp' | { status: number; headers?: Record<string, string>; body?: string };

export interface WatchedProxy {
  url: string;
  /** Every request that was answered, by the service or here, in the order of the answers. */
  exchanges: Exchange[];
  /** Called before a request is passed on. */
  before: (request: Arrived) => Verdict | Promise<Verdict>;
  /** Called when the service has answered; `hangUp` drops the answer. */
  after: (exchange: Exchange) => 'pass' | 'hangUp';
  stop(): Promise<void>;
}

/** A load balancer in front of the services that records everything and can interfere. */
export async function startWatchedProxy(services: Pick<Services, 'baseOf'>): Promise<WatchedProxy> {
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  const proxy: WatchedProxy = {
    url: '',
    exchanges: [],
    before: () => 'pass',
    after: () => 'pass',
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const sent = await buffer(request);
    const { pathname: path, search: query } = new URL(url, proxy.url);
    const arrived = { method, path, query, headers, at: Date.now() };
    const verdict = await proxy.before(arrived);
    if (verdict === 'hangUp' || response.destroyed) return void response.destroy();
    const answer = verdict === 'pass' ? await forward(url, request, sent) : own(verdict);
    const exchange = { ...arrived, status: answer.status, body: answer.body };
    proxy.exchanges.push(exchange);
    if (proxy.after(exchange) === 'hangUp') return void response.destroy();
    response.writeHead(answer.status, answer.headers as Record<string, string>).end(answer.body);
  }

  const rules = compileListenerRules();

  function forward(path: string, { method = '', headers }: IncomingMessage, body: Buffer): Promise<Answered> {
    const { connection: _hop, ...passed } = headers;
    const service = matchListenerRule(rules, method, path.split('?', 1)[0] ?? '');
    if (!service) throw new Error(`no service answers ${method} ${path}`);
    return send(services.baseOf(service), {
      method,
      path,
      headers: passed as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

const own = ({ status, headers = {}, body = '' }: Exclude<Verdict, string>): Answered => ({
  status,
  headers,
  body: Buffer.from(body),
});
