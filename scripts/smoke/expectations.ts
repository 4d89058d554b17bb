import { isUtf8 } from 'node:buffer';
import { CommandError } from '../command-line.ts';
import type { Answer } from '../upload/http-exchange.ts';

/** Something is not as clients rely on. */
export class Unexpected extends CommandError {
  override readonly name = 'Unexpected';
}

/** Refuses an answer with another status, and says what the service says about it. */
export function expectStatus(what: string, { status, body }: Answer, ...wanted: number[]): void {
  if (wanted.includes(status)) return;
  throw new Unexpected(`${what} is answered ${status}, and not ${wanted.join(' or ')}: ${excerpt(body)}`);
}

const excerpt = (body: Buffer): string => {
  if (!isUtf8(body)) return `${body.length} bytes that are no text`;
  return body.subarray(0, 300).toString().replaceAll(/\s+/g, ' ') || 'no body';
};

export function expectEqual(what: string, seen: unknown, wanted: unknown): void {
  if (seen === wanted) return;
  throw new Unexpected(`${what} is ${JSON.stringify(seen)}, and not ${JSON.stringify(wanted)}`);
}

export function expectHeader(what: string, { headers }: Answer, name: string, wanted: RegExp): void {
  const value = String(headers[name] ?? '');
  if (wanted.test(value)) return;
  throw new Unexpected(`${what} has ${value ? `${name}: ${value}` : `no ${name}`}, which does not match ${wanted}`);
}

export function jsonOf<Value>(what: string, { body }: Answer): Value {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Unexpected(`${what} is answered with something else than JSON: ${excerpt(body)}`);
  }
}
