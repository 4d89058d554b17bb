import { once } from 'node:events';
import { Agent, request as openRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { PROBLEM_STATUS, type Problem } from '../../../shared/contracts/api/problem.ts';
import { ERRORS, type ErrorCode } from '../../../shared/domain/errors.ts';
import { checkDocumented } from './documented-answers.ts';

export interface Outgoing {
  method?: string;
  /** The path, which is sent unchanged even if it is invalid. */
  path: string;
  headers?: Record<string, string | string[]>;
  /** A list is sent chunked, without Content-Length. */
  body?: string | Buffer | Iterable<Buffer>;
  /** The address of this machine from which it is sent, if not the usual one. */
  from?: string;
  /** Whether a row of the table was damaged: the answer may show what has become of a word in it, and is not held to the OpenAPI document. */
  mayShowDamage?: true;
}

export interface Answered {
  /** The method of the request; unknown where bytes were sent. */
  method?: string;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends the whole request, even while it is being refused, and reads the answer. No headers are added. */
export async function send(base: string, asked: Outgoing): Promise<Answered> {
  const { method = 'GET', path, headers = {}, body, from, mayShowDamage = false } = asked;
  const { hostname, port } = new URL(base);
  const whole = typeof body === 'string' || Buffer.isBuffer(body);
  const length = whole ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  const agent = new Agent({ keepAlive: true, ...(from && { localAddress: from }) });
  const outgoing = openRequest({ hostname, port, method, path, agent, headers: { ...length, ...headers } });
  const answering = once(outgoing, 'response');
  // A server may hang up on the rest of a body that it has refused; what counts is that the answer arrived.
  const failed = once(outgoing, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  void write(outgoing, whole ? [body] : (body ?? []));
  try {
    const [response] = await Promise.race([answering, failed]);
    const answered = { method, status: response.statusCode, headers: response.headers, body: await buffer(response) };
    if (!mayShowDamage) checkDocumented({ ...answered, path });
    return answered;
  } finally {
    outgoing.destroy();
    agent.destroy();
  }
}

async function write(outgoing: ReturnType<typeof openRequest>, chunks: Iterable<string | Buffer>): Promise<void> {
  const closed = new Promise((resolve) => outgoing.once('close', resolve));
  for (const chunk of chunks) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await Promise.race([new Promise((resolve) => outgoing.once('drain', resolve)), closed]);
  }
  outgoing.end();
}

/** Writes bytes to a new connection, for input that is not HTTP. The caller closes it. */
export async function openSocket(base: string): Promise<Socket> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Writes bytes and reads until the other side closes the connection. */
export async function sendBytes(base: string, bytes: string | Buffer): Promise<Answered> {
  const socket = await openSocket(base);
  socket.write(bytes);
  const answer = (await buffer(socket)).toString('latin1');
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  const answered = {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: Buffer.from(rest.join('\r\n\r\n'), 'latin1'),
  };
  checkBytes(bytes, answered);
  return answered;
}

/** Checks only a single complete answer: the requests are unknown where several were pipelined or the bytes were malformed. */
function checkBytes(bytes: string | Buffer, answered: Answered): void {
  if (Number(answered.headers['content-length']) !== answered.body.length) return;
  const [, method, path] = /^([A-Z]+) (\S+) HTTP/.exec(bytes.toString('latin1')) ?? [];
  checkDocumented({ method, path, ...answered });
}

export const jsonOf = ({ body }: Answered) => JSON.parse(body.toString());

/** Checks that an answer is a well-formed problem with this code and reveals nothing more. Returns its body. */
export function expectProblem(answer: Answered, code: ErrorCode): Problem {
  const shown = `${answer.status} ${answer.body.toString('utf8').slice(0, 2000)}`;
  expect(answer.headers['content-type'], shown).to.match(/^application\/problem\+json/);
  const problem: Problem = jsonOf(answer);
  expect(problem.code, shown).to.equal(code);
  expect(answer.status, shown).to.equal(PROBLEM_STATUS[code]);
  expect(problem).to.include({
    type: `urn:image-service:problem:${code}`,
    title: ERRORS[code].title,
    status: answer.status,
    requestId: answer.headers['x-request-id'],
  });
  expect(problem.detail, 'detail')
    .to.be.a('string')
    .and.match(/\S.*\.$/s);
  expect(shown, 'a stack trace').to.not.match(/\bat .*\.[tj]s:\d+|node:internal|node_modules/);
  const isRead = answer.method === 'GET' || answer.method === 'HEAD';
  // What an image answers depends on who asks; only that the API has no such path does not.
  expect(answer.headers['cache-control']).to.equal(isRead && code === 'route_not_found' ? 'max-age=5' : 'no-store');
  expect(answer.headers['x-content-type-options']).to.equal('nosniff');
  return problem;
}
