import type { Choices } from './choices.ts';
import type { Exchange, Leaving } from './exchange.ts';

/** A well-formed request. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  body?: Buffer;
}

/** A body on the wire, with the headers of its framing, and whether the server will see its end. */
interface Framed {
  headers: [name: string, value: string][];
  bytes: Buffer;
  isWhole: boolean;
}

type Framing = (body: Buffer, choices: Choices) => Framed;

const told = (body: Buffer, length: number): Framed => ({
  headers: [['content-length', String(length)]],
  bytes: body,
  isWhole: length <= body.length,
});

const chunkOf = (body: Buffer, size = body.length.toString(16)): Buffer =>
  Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n')]);

function chunksOf(body: Buffer, choices: Choices): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = at + choices.whole(1, Math.max(1, Math.ceil(body.length / 3)));
    chunks.push(chunkOf(body.subarray(at, end)));
    at = end;
  }
  return chunks;
}

const chunked = (chunks: Buffer[], end: string, isWhole = true): Framed => ({
  headers: [['transfer-encoding', 'chunked']],
  bytes: Buffer.concat([...chunks, Buffer.from(end)]),
  isWhole,
});

/** Ways to frame a body, correct ones first. */
const RIGHT: Framing[] = [
  (body) => told(body, body.length),
  (body, choices) => chunked(chunksOf(body, choices), '0\r\n\r\n'),
];

const WRONG: Framing[] = [
  (body, choices) => told(body, body.length + choices.whole(1, 2000)),
  (body, choices) => told(body, choices.whole(0, body.length)),
  (body, choices) => chunked(chunksOf(body, choices), '0\r\nx-trailer: 1\r\n\r\n'),
  (body, choices) => chunked(chunksOf(body, choices), choices.of(['', '0', '0\r\n', '0\r\nx-trailer']), false),
  (body, choices) =>
    chunked(chunksOf(body, choices), choices.of(['ZZ\r\n', '-1\r\n', '0x1\r\n', '\r\n\r\n', ' 0\r\n\r\n'])),
  (body) => chunked([chunkOf(body, (body.length + 7).toString(16))], '0\r\n\r\n', false),
  (body) => chunked([chunkOf(body, Math.max(0, body.length - 3).toString(16))], '0\r\n\r\n'),
  (body, choices) =>
    chunked([chunkOf(body, `${body.length.toString(16)};${'x'.repeat(choices.whole(0, 40_000))}`)], '0\r\n\r\n'),
  (body) => chunked([chunkOf(body, 'fffffffffffffffff')], '0\r\n\r\n'),
  (body) => ({ headers: [], bytes: body, isWhole: true }),
  (body) => ({ headers: [['content-length', `${body.length}, ${body.length}`]], bytes: body, isWhole: true }),
];

/** Ways to leave before the answer is read, or in the middle of it if there is one. */
function goneEarly(choices: Choices, isWhole: boolean): Leaving {
  const after = !isWhole || choices.chance(0.5) ? 0 : choices.whole(1, 700);
  return { how: choices.of(['close', 'reset', 'half-close'] as const), after };
}

const headOf = ({ method, path, headers }: FuzzRequest): Buffer =>
  Buffer.from(
    [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers.map((header) => header.join(': ')), '\r\n'].join(
      '\r\n',
    ),
    'latin1',
  );

export interface WireOptions {
  /** The probabilities of a wrong length, and of a client that leaves before its answer or its end. */
  wrongShare?: number;
  goneShare?: number;
}

/** A request as bytes, framed correctly or not, in pieces, by a client that stays or leaves. */
export function wire(
  request: FuzzRequest,
  choices: Choices,
  { wrongShare = 0.25, goneShare = 0.3 }: WireOptions = {},
): Exchange {
  const { body, headers } = request;
  const mayBeReset = choices.chance(wrongShare);
  const framing = choices.of(mayBeReset ? WRONG : RIGHT);
  const framed = body ? framing(body, choices) : { headers: [], bytes: Buffer.alloc(0), isWhole: true };
  const closing: [string, string][] = choices.chance(0.9) ? [['connection', 'close']] : [];
  const whole = Buffer.concat([
    headOf({ ...request, headers: [...headers, ...closing, ...framed.headers] }),
    framed.bytes,
  ]);
  const isGone = choices.chance(goneShare);
  const isCut = isGone && choices.chance(0.5);
  const bytes = isCut ? whole.subarray(0, choices.whole(1, whole.length)) : whole;
  const isWhole = framed.isWhole && !isCut;
  const leaving: Leaving = isGone || !isWhole ? goneEarly(choices, isWhole) : { how: 'read' };
  return { bytes, cuts: cutsOf(bytes, choices), leaving, methods: [request.method], mayBeReset };
}

function cutsOf({ length }: Buffer, choices: Choices): number[] {
  const count = choices.of([0, 0, 1, 2, 5]);
  return Array.from({ length: count }, () => choices.whole(1, length)).sort((a, b) => a - b);
}

/** Changes, removes, repeats or inserts some bytes of a body. */
export function scrambled(body: Buffer, choices: Choices): Buffer {
  const at = choices.whole(0, body.length);
  const end = Math.min(body.length, at + choices.whole(0, 40));
  const [before, within, behind] = [body.subarray(0, at), body.subarray(at, end), body.subarray(end)];
  const changed = choices.of<() => Buffer[]>([
    () => [],
    () => [within, within],
    () => [choices.bytes(within.length)],
    () => [choices.bytes(choices.whole(1, 20)), within],
    () => [Buffer.from(choices.of(['\r\n', '\0', '"', '\\', '\r', '\n', '%', '\xff', '--', '{', ']', ','])), within],
    () => [within, behind, within],
  ])();
  return Buffer.concat([before, ...changed, behind]);
}
