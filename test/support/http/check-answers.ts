import { checkDocumented } from './documented-answers.ts';

/**
 * Required by every run of mocha (.mocharc.json): what `fetch` brings from a service is held to the OpenAPI document in every test, as what
 * `http-client.ts` and `event-stream.ts` bring is. Bodies that are no JSON are left to who reads them.
 */
const plainFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const request = new Request(input, init?.method === undefined ? {} : { method: init.method });
  const { pathname, search } = new URL(request.url);
  // Its body comes decoded, and its headers still say how it was encoded.
  const { 'content-encoding': _decoded, ...headers } = Object.fromEntries(response.headers);
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  checkDocumented({
    method: request.method,
    path: pathname + search,
    status: response.status,
    headers,
    body: isJson ? Buffer.from(await response.clone().arrayBuffer()) : Buffer.alloc(0),
  });
  return response;
};
