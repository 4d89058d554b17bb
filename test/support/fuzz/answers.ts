/** An answer that came over a connection. */
export interface FuzzAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const END_OF_HEAD = '\r\n\r\n';

/**
 * The complete answers at the beginning of a connection's bytes, without an incomplete last one. `methods` are those of the requests in
 * order, because the answer to a HEAD has no body.
 */
export function readAnswers(received: Buffer, methods: readonly string[]): FuzzAnswer[] {
  const answers: FuzzAnswer[] = [];
  let rest = received;
  for (;;) {
    const end = rest.indexOf(END_OF_HEAD);
    if (end < 0) return answers;
    const head = readHead(rest.toString('latin1', 0, end));
    rest = rest.subarray(end + END_OF_HEAD.length);
    if (head.status === 100) continue;
    const isBare = methods[answers.length] === 'HEAD' || head.status === 204 || head.status === 304;
    const read = isBare ? { body: Buffer.alloc(0), length: 0 } : readBody(rest, head.headers);
    if (!read) return answers;
    answers.push({ ...head, body: read.body });
    rest = rest.subarray(read.length);
  }
}

function readHead(text: string): Pick<FuzzAnswer, 'status' | 'headers'> {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})( |$)/.exec(statusLine)?.[1];
  if (!status) throw new Error(`this is no answer: ${JSON.stringify(statusLine.slice(0, 200))}`);
  const headers = lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return { status: Number(status), headers: Object.fromEntries(headers) };
}

/** A body and its length on the wire; undefined while it is incomplete. */
function readBody(bytes: Buffer, headers: FuzzAnswer['headers']): { body: Buffer; length: number } | undefined {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(bytes);
  const length = Number(headers['content-length']);
  if (!Number.isInteger(length)) throw new Error('an answer has neither a length nor chunks');
  return bytes.length < length ? undefined : { body: bytes.subarray(0, length), length };
}

function readChunks(bytes: Buffer): { body: Buffer; length: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), length: end + 2 };
    chunks.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
