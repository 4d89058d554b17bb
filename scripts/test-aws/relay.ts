import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Signature Version 4 names region and service, in a header or a signed URL: `Credential=KEY/20260101/REGION/SERVICE/aws4_request`. */
export const scopeOf = ({ headers, url = '' }: IncomingMessage) =>
  /Credential=[^/]+\/\d+\/(?<region>[^/]+)\/(?<service>[^/]+)\//.exec(headers.authorization ?? decodeURIComponent(url))
    ?.groups ?? {};

/** Opens the same request to an emulator, without its body. */
export const openUpstream = (
  emulator: string,
  { method, url = '/' }: Pick<IncomingMessage, 'method' | 'url'>,
  headers: IncomingMessage['headers'],
): ClientRequest => httpRequest(new URL(url, emulator), { method, headers });

/** Streams a request to an emulator and its answer back. Some emulators answer before they have read the whole body. */
export async function relay(emulator: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const upstream = openUpstream(emulator, request, request.headers);
  const answered = once(upstream, 'response') as Promise<[IncomingMessage]>;
  pipeline(request, upstream).catch(() => undefined);
  const [answer] = await answered;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}
