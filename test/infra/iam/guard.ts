import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { relay, scopeOf } from '../../../scripts/test-aws/relay.ts';
import { actionOf, ask } from '../aws-stand-in.ts';
import { ACCESSES } from './accesses.ts';
import type { Access } from './policy.ts';

/** A proxy between a service and AWS that refuses what the policies of the service's role do not allow. moto allows everything. */
export interface Guard {
  url: string;
  /** The rights that were requested. */
  used: Access[];
  refused: Access[];
  stop(): Promise<void>;
}

export async function startGuard(
  emulator: string,
  account: string,
  allows: (access: Access) => boolean,
): Promise<Guard> {
  const used: Access[] = [];
  const refused: Access[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const { service = '', region = '' } = scopeOf(request);
    const read = ACCESSES[service];
    if (!read) throw new Error(`${method} ${url} is signed for ${service || 'nothing'}`);
    // Objects are streamed through. The only body of S3 that matters here is a list of keys to delete.
    const body = service === 's3' && !url.includes('?delete') ? undefined : await buffer(request);
    const whole = { method, url, action: actionOf(request), account, region };
    const accesses = read({ ...whole, text: () => body?.toString() ?? '' });
    used.push(...accesses);
    const denied = accesses.filter((access) => !allows(access));
    refused.push(...denied);
    if (denied.length > 0) return refuse(response, service);
    if (!body) return relay(emulator, request, response);
    const answered = await ask(emulator, request, { headers: request.headers, body });
    response.writeHead(answered.status, answered.headers).end(answered.body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      refused.push({ action: error.message, resource: request.url ?? '' });
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, used, refused, stop };
}

/** An error in the service's protocol: XML for S3 and CloudFront, JSON for the others. */
function refuse(response: ServerResponse, service: string): void {
  const error = '<Error><Code>AccessDenied</Code></Error>';
  if (service === 's3') response.writeHead(403).end(error);
  else if (service === 'cloudfront') response.writeHead(403).end(`<ErrorResponse>${error}</ErrorResponse>`);
  else response.writeHead(400).end(JSON.stringify({ __type: 'AccessDeniedException' }));
}
