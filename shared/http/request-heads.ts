import type { IncomingMessage } from 'node:http';
import { ImageServiceError } from '../domain/errors.ts';
import { refuseTarget } from './request-targets.ts';

type Head = Pick<IncomingMessage, 'httpVersion' | 'method' | 'url' | 'headers' | 'rawHeaders'>;

/** The methods of RFC 9110 and RFC 5789. Node's parser knows more, but no path here takes them. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** `uri-host [ ":" port ]` of RFC 9110, 7.2. */
const HOST = /^([\w.~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::(\d{0,5}))?$/i;

const LARGEST_PORT = 65_535;

/** The name in a Host header, without its port; undefined if the header is invalid. */
export function hostNameOf(host: string): string | undefined {
  const [, name, port] = HOST.exec(host) ?? [];
  return Number(port ?? '') <= LARGEST_PORT ? name : undefined;
}

/**
 * The error for a request head that Node's parser accepts although it is wrong; undefined if nothing is wrong. Call this before the head is used for
 * anything else.
 */
export function refuseHead(head: Head): ImageServiceError | undefined {
  const { method = '' } = head;
  const unknown = METHODS.has(method) ? undefined : methodNotImplemented(method);
  return (
    refuseVersion(head) ?? refuseCoding(head) ?? refuseHost(head) ?? unknown ?? refuseTarget(head) ?? refuseExpect(head)
  );
}

/** Node's parser also accepts HTTP/0.9 and HTTP/2.0. */
function refuseVersion({ httpVersion }: Head): ImageServiceError | undefined {
  return httpVersion === '1.1' || httpVersion === '1.0' ? undefined : versionNotSupported();
}

export const versionNotSupported = (): ImageServiceError =>
  new ImageServiceError('version_not_supported', 'Send HTTP/1.1.', { endsConnection: true });

export const methodNotImplemented = (method?: string): ImageServiceError =>
  new ImageServiceError(
    'method_not_implemented',
    `No path takes ${method === undefined ? 'that method' : `the method ${method}`}. Methods are written in capitals.`,
  );

/**
 * Node's parser reads every Transfer-Encoding that ends in `chunked` as chunked alone (RFC 9112, 6.1 and 7). The bytes that it reads then cannot be
 * trusted, so the connection is closed.
 */
function refuseCoding({ httpVersion, headers }: Head): ImageServiceError | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (httpVersion !== '1.1') {
    const detail = `HTTP/${httpVersion} has no Transfer-Encoding. Send Content-Length.`;
    return new ImageServiceError('malformed_request', detail, { endsConnection: true });
  }
  if (coding.trim().toLowerCase() === 'chunked') return undefined;
  if (!/(?:^|[\s,])chunked\s*$/i.test(coding)) {
    const detail = 'Nothing tells where the body ends: chunked must be the last Transfer-Encoding.';
    return new ImageServiceError('malformed_request', detail, { endsConnection: true });
  }
  const detail = `Transfer-Encoding ${JSON.stringify(coding.slice(0, 200))} cannot be read. Send chunked, and codings of the content as Content-Encoding.`;
  return new ImageServiceError('coding_not_implemented', detail, { endsConnection: true });
}

function refuseHost({ httpVersion, headers, rawHeaders }: Head): ImageServiceError | undefined {
  const hosts = countOf('host', rawHeaders);
  if (hosts > 1) return malformed(`There are ${hosts} Host headers. Send one.`);
  if (hosts === 0 && httpVersion === '1.1') return malformed('There is no Host header, which HTTP/1.1 asks for.');
  if (headers.host !== undefined && hostNameOf(headers.host) === undefined) {
    return malformed(`Host ${JSON.stringify(headers.host.slice(0, 200))} is not a valid name with an optional port.`);
  }
  return undefined;
}

function refuseExpect(head: Head): ImageServiceError | undefined {
  const { expect } = head.headers;
  if (expect === undefined || head.httpVersion !== '1.1' || expectsContinue(head)) return undefined;
  return new ImageServiceError(
    'expectation_failed',
    `Expect ${JSON.stringify(expect.slice(0, 200))} cannot be met. Send 100-continue, or no Expect.`,
  );
}

/** Whether the client waits for `100 Continue` before it sends its body. HTTP/1.0 does not have it. */
export const expectsContinue = ({ httpVersion, headers: { expect } }: Pick<Head, 'httpVersion' | 'headers'>): boolean =>
  httpVersion === '1.1' && expect?.trim().toLowerCase() === '100-continue';

/** The error for a path with invalid percent-encoding; undefined if it can be decoded. */
export function refusePath(path: string): ImageServiceError | undefined {
  try {
    decodeURIComponent(path);
    return undefined;
  } catch {
    return new ImageServiceError('invalid_request', 'The path is not valid percent-encoding.');
  }
}

function countOf(name: string, rawHeaders: string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count;
}

const malformed = (detail: string): ImageServiceError => new ImageServiceError('malformed_request', detail);
