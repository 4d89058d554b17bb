import { checkDocumented } from './documented-answers.ts';

/**
 * Required by every run of mocha (.mocharc.json). In every test, answers that `fetch` gets from a service are checked against the OpenAPI
 * document, like those of `http-client.ts` and `event-stream.ts`. Bodies that are not JSON are not read.
 */
const plainFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  // A request that has been sent cannot be copied any more.
  const given = input instanceof Request ? { url: input.url, method: input.method } : { url: input };
  const response = await plainFetch(input, init);
  const request = new Request(given.url, { method: init?.method ?? given.method ?? 'GET' });
  const { pathname, search } = new URL(request.url);
  // `fetch` decodes the body but leaves the headers of its encoding.
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
