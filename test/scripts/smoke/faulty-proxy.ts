import { buffer } from 'node:stream/consumers';
import { type Answer, bodyOf, exchange } from '../../../scripts/upload/http-exchange.ts';
import { startWebServer, type WebServer } from '../../support/http/web-server.ts';

export interface Passed {
  method: string;
  /** The path with its query. */
  path: string;
  headers: Record<string, string>;
}

/** What to do with a request: answer in its place, or change the answer of the service. */
export interface Fault {
  before?(request: Passed): Answer | undefined;
  after?(request: Passed, answer: Answer): Answer | Promise<Answer>;
}

/** A load balancer or a CDN with a fault, in front of a service. */
export interface FaultyProxy extends WebServer {
  fault: Fault;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const server = await startWebServer((request, response) => {
    const { method = 'GET', url: path = '/' } = request;
    const headers = {
      ...Object.fromEntries(new Headers(request.headers as Record<string, string>)),
      host: new URL(target).host,
    };
    const passed = { method, path, headers };
    const answered = async (): Promise<Answer> => {
      const body = await buffer(request);
      const own = proxy.fault.before?.(passed);
      if (own) return own;
      const answer = await exchange(new URL(target + path), { method, headers, body: bodyOf(body) });
      return (await proxy.fault.after?.(passed, answer)) ?? answer;
    };
    answered().then(
      ({ status, headers: { 'transfer-encoding': _, ...kept }, body }) =>
        response
          .writeHead(status, {
            ...kept,
            ...(status !== 304 && status !== 204 && { 'content-length': String(body.length) }),
          })
          .end(body),
      () => response.destroy(),
    );
  });
  const proxy: FaultyProxy = { ...server, fault: {} };
  return proxy;
}

export const answerOf = (status: number, json: object = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(json)),
});

/** The answer with its JSON changed. */
export const withJson = (answer: Answer, change: (json: ReturnType<typeof JSON.parse>) => void): Answer => {
  const json = JSON.parse(answer.body.toString());
  change(json);
  return { ...answer, body: Buffer.from(JSON.stringify(json)) };
};
