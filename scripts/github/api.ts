import pRetry, { AbortError } from 'p-retry';
import { CommandError } from '../command-line.ts';

/** GitHub's REST API of one repository, called as the owner of a token. */
export interface Github {
  /** `OWNER/NAME` */
  repository: string;
  /** Calls an operation such as `GET /repos/OWNER/NAME/issues`. The path of the repository is added before `path`. */
  call<T>(method: Method, path: string, body?: object): Promise<T>;
  /** The first element of a list that is looked for. Reads no page after it, and a hundred of them at most. */
  find<T>(path: string, isWanted: (element: T) => boolean): Promise<T | undefined>;
  /** The login of the token's owner, which is `github-actions[bot]` for that of a workflow. */
  login(): Promise<string>;
}

type Method = 'GET' | 'PATCH' | 'POST';

/** The environment variables that GitHub's runners set, and that somebody at a laptop can set too. */
type Environment = Partial<
  Record<'GITHUB_API_URL' | 'GITHUB_GRAPHQL_URL' | 'GITHUB_REPOSITORY' | 'GITHUB_TOKEN', string>
>;

interface Request {
  method: Method;
  url: string;
  body?: object | undefined;
}

const TIMEOUT_MS = 30_000;

/** The API from the environment of a workflow. `retryMs` is the time before the first repetition of a request. */
export function githubOf(env: Environment, retryMs = 1000): Github {
  const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = env;
  if (!repository || !/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new CommandError(`GITHUB_REPOSITORY must be OWNER/NAME, not ${repository || 'empty'}.`);
  if (!token) throw new CommandError('GITHUB_TOKEN must be a token for the repository; gh auth token prints yours.');
  const send = (request: Request) => sendWithRetries(request, { token, retryMs });
  const urlOf = (path: string) => `${api}/repos/${repository}${path}`;
  return {
    repository,
    call: async <T>(method: Method, path: string, body?: object) =>
      (await (await send({ method, url: urlOf(path), body })).json()) as T,
    find: <T>(path: string, isWanted: (element: T) => boolean) => findInPages(urlOf(path), isWanted, { api, send }),
    login: async () => {
      // The REST operation for this, GET /user, refuses the token of a workflow.
      const url = env.GITHUB_GRAPHQL_URL ?? `${api}/graphql`;
      const response = await send({ method: 'POST', url, body: { query: 'query { viewer { login } }' } });
      return ((await response.json()) as { data: { viewer: { login: string } } }).data.viewer.login;
    },
  };
}

/** Anybody may write comments, so there may be any number of them. */
const MOST_PAGES = 100;

async function findInPages<T>(
  first: string,
  isWanted: (element: T) => boolean,
  { api, send }: { api: string; send(request: Request): Promise<Response> },
): Promise<T | undefined> {
  let url: string | undefined = first;
  for (let page = 0; url && page < MOST_PAGES; page += 1) {
    const response = await send({ method: 'GET', url });
    const found = ((await response.json()) as T[]).find(isWanted);
    if (found !== undefined) return found;
    url = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    // The token goes with every request.
    if (url && !url.startsWith(`${api}/`)) throw new CommandError(`${first} continues at ${url}, which is not ${api}.`);
  }
  if (url)
    throw new CommandError(`${first} has more than ${MOST_PAGES} pages, and what is looked for is on none of these.`);
  return undefined;
}

/** Repeats a request after a failure of GitHub's, except one that creates something, because it may have done so. */
const sendWithRetries = (request: Request, { token, retryMs }: { token: string; retryMs: number }): Promise<Response> =>
  pRetry(() => sendOnce(request, token), { retries: request.method === 'POST' ? 0 : 3, minTimeout: retryMs });

async function sendOnce({ method, url, body }: Request, token: string): Promise<Response> {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'user-agent': 'image-service',
    'x-github-api-version': '2022-11-28',
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const request = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(url, request).catch((error: Error) => {
    throw new CommandError(`${method} ${url}: ${error.cause ? (error.cause as Error).message : error.message}`);
  });
  if (response.ok) return response;
  const { message } = (await response.json().catch(() => ({}))) as { message?: string };
  const refusal = new CommandError(`${method} ${url} answered ${response.status}${message ? `: ${message}` : '.'}`);
  throw response.status >= 500 ? refusal : new AbortError(refusal);
}
