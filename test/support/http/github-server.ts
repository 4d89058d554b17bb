import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** An issue, a pull request or a comment. */
interface Post {
  id: number;
  number: number;
  title?: string;
  body: string;
  state: 'open' | 'closed';
  user: { login: string };
  html_url: string;
  pull_request?: object;
}

export interface Run {
  id: number;
  html_url: string;
  event: string;
  head_branch: string;
  head_sha: string;
  status: string;
  conclusion: string | null;
  artifacts: { name: string; expired: boolean }[];
}

/** A server with the part of GitHub's API that the scripts use, as https://docs.github.com/en/rest describes it. */
export interface GithubServer extends AsyncDisposable {
  /** What the scripts need to call it. */
  env: { GITHUB_API_URL: string; GITHUB_REPOSITORY: string; GITHUB_TOKEN: string };
  login: string;
  issues: Post[];
  /** Of pull request 7. */
  comments: Post[];
  runs: Run[];
  /** The commits of the branch main, the newest last. */
  main: string[];
  /** Each request, such as `PATCH /issues/3`, without the path of the repository. */
  requests: string[];
  /** Statuses for the next requests instead of answers. */
  failures: number[];
  add(list: Post[], post: Partial<Post>): Post;
}

const REPOSITORY = 'ada/images';
const TOKEN = 'token-of-a-test';
const MOST_CHARACTERS = 65_536;

interface Answer {
  status: number;
  body: unknown;
  link?: string;
}

interface Asked {
  server: GithubServer;
  url: URL;
  body: Record<string, string>;
  /** The groups of the route's pattern. */
  id: number;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const REFUSED = { status: 422, body: { message: 'Validation Failed' } };

/** One page of a list, with a link to the next one. */
function page(all: unknown[], url: URL): Answer {
  const perPage = Number(url.searchParams.get('per_page') ?? 30);
  const number = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(number + 1));
  const shown = all.slice((number - 1) * perPage, number * perPage);
  return { ...ok(shown), ...(number * perPage < all.length && { link: `<${next}>; rel="next"` }) };
}

const isTooLong = ({ body = '' }: Record<string, string>): boolean => body.length > MOST_CHARACTERS;

function create(list: Post[], { server, body }: Asked): Answer {
  if (isTooLong(body)) return REFUSED;
  return { status: 201, body: server.add(list, { ...body, user: { login: server.login } }) };
}

function change(list: Post[], { body, id }: Asked, key: 'id' | 'number'): Answer {
  const found = list.find((post) => post[key] === id);
  if (!found) return { status: 404, body: { message: 'Not Found' } };
  return isTooLong(body) ? REFUSED : ok(Object.assign(found, body));
}

const ROUTES: [pattern: RegExp, answer: (asked: Asked) => Answer][] = [
  [
    /^GET \/issues$/,
    ({ server, url }) =>
      page(
        server.issues.filter(({ state }) => state === 'open'),
        url,
      ),
  ],
  [/^POST \/issues$/, (asked) => create(asked.server.issues, asked)],
  [/^PATCH \/issues\/(\d+)$/, (asked) => change(asked.server.issues, asked, 'number')],
  [/^GET \/issues\/7\/comments$/, ({ server, url }) => page(server.comments, url)],
  [/^POST \/issues\/7\/comments$/, (asked) => create(asked.server.comments, asked)],
  [/^PATCH \/issues\/comments\/(\d+)$/, (asked) => change(asked.server.comments, asked, 'id')],
  [
    /^GET \/actions\/workflows\/deploy\.yml\/runs$/,
    // All of them: who asks must not rely on GitHub's filter alone.
    ({ server }) => ok({ workflow_runs: server.runs }),
  ],
  [/^GET \/branches\/main$/, ({ server }) => ok({ name: 'main', commit: { sha: server.main.at(-1) } })],
  [
    // By commits alone: as a name, main may be a tag too.
    /^GET \/compare\/[0-9a-f]{40}\.\.\.[0-9a-f]{40}$/,
    ({ server, url }) => {
      const [base = ''] = url.pathname.split('/').at(-1)?.split('...') ?? [];
      const isOnMain = server.main.includes(base);
      return ok({
        status: isOnMain ? 'ahead' : 'diverged',
        merge_base_commit: { sha: isOnMain ? base : server.main[0] },
      });
    },
  ],
  [
    /^GET \/actions\/runs\/(\d+)\/artifacts$/,
    ({ server, url, id }) => {
      const artifacts = server.runs.find((run) => run.id === id)?.artifacts ?? [];
      return ok({ artifacts: artifacts.filter(({ name }) => name === url.searchParams.get('name')) });
    },
  ],
];

async function answer(server: GithubServer, request: IncomingMessage): Promise<Answer> {
  const { method, headers } = request;
  const url = new URL(request.url ?? '', server.env.GITHUB_API_URL);
  const asked = `${method} ${url.pathname.replace(`/repos/${REPOSITORY}`, '')}`;
  server.requests.push(asked);
  const failure = server.failures.shift();
  if (failure) return { status: failure, body: { message: 'Made to fail' } };
  if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { message: 'Bad credentials' } };
  if (asked === 'POST /graphql') return ok({ data: { viewer: { login: server.login } } });
  const body = method === 'GET' ? {} : ((await json(request)) as Record<string, string>);
  for (const [pattern, respond] of ROUTES) {
    const match = pattern.exec(asked);
    if (match) return respond({ server, url, body, id: Number(match[1]) });
  }
  return { status: 404, body: { message: 'Not Found' } };
}

export async function startGithubServer(): Promise<GithubServer> {
  let last = 100;
  const http = createServer(async (request, response) => {
    const { status, body, link } = await answer(server, request);
    response.writeHead(status, { 'content-type': 'application/json', ...(link && { link }) });
    response.end(JSON.stringify(body));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: GithubServer = {
    env: { GITHUB_API_URL: url, GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: TOKEN },
    login: 'github-actions[bot]',
    issues: [],
    comments: [],
    runs: [],
    main: ['0'.repeat(40)],
    requests: [],
    failures: [],
    add(list, post) {
      last += 1;
      const html_url = `https://github.com/${REPOSITORY}/issues/${last}`;
      const whole = { id: last, number: last, body: '', state: 'open' as const, user: { login: 'grace' }, html_url };
      list.push({ ...whole, ...post });
      return list.at(-1) as Post;
    },
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
