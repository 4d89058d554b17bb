import type { IncomingMessage } from 'node:http';
import { ImageServiceError } from '../domain/errors.ts';

type Head = Pick<IncomingMessage, 'httpVersion' | 'headers' | 'rawHeaders'>;

/** `uri-host [ ":" port ]` of RFC 9110, 7.2. */
const HOST = /^([\w.~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;

/** The name that a Host header asks for, without its port; undefined if it is no Host. */
export const nameIn = (host: string): string | undefined => HOST.exec(host)?.[1];

/**
 * What is wrong with a request's head though the parser takes it, and Node would answer barely or not at all; undefined if nothing is. To
 * be asked before anything else is believed of it.
 */
export function refuseHead({ httpVersion, headers, rawHeaders }: Head): ImageServiceError | undefined {
  const hosts = countOf('host', rawHeaders);
  if (hosts > 1) return malformed(`There are ${hosts} Host headers. Send one.`);
  if (hosts === 0 && httpVersion === '1.1') return malformed('There is no Host header, which HTTP/1.1 asks for.');
  if (headers.host !== undefined && nameIn(headers.host) === undefined) {
    return malformed(`Host ${JSON.stringify(headers.host.slice(0, 200))} is no name with or without a port.`);
  }
  const { expect } = headers;
  if (expect === undefined || httpVersion !== '1.1' || waitsForContinue(expect)) return undefined;
  return new ImageServiceError(
    'expectation_failed',
    `Expect ${JSON.stringify(expect.slice(0, 200))} cannot be met. Send 100-continue, or no Expect.`,
  );
}

/** Whether a client sends its body only when it is told to. */
export const waitsForContinue = (expect: string | undefined): boolean =>
  expect !== undefined && /(?:^|\W)100-continue(?:$|\W)/i.test(expect);

/** Whether a path can be decoded; undefined if it can. */
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
