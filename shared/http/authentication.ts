import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Server } from '@hapi/hapi';
import { type Environment, LOCAL_OWNER } from '../contracts/environment.ts';
import { ImageServiceError } from '../domain/errors.ts';

declare module '@hapi/hapi' {
  interface AuthCredentials {
    owner?: string;
  }
}

export type AuthenticationSettings = Pick<Environment, 'AUTHENTICATION'> & Partial<Pick<Environment, 'API_KEYS'>>;

/** The credentials of every caller. There is one owner so far, whatever the key. */
const CREDENTIALS = { owner: LOCAL_OWNER, scope: ['images:read', 'images:write'] };

/** Gives every request its credentials. Each route asks for its scope, and routes with the scope `public` for none. */
export function authenticate(server: Server, settings: AuthenticationSettings): void {
  const isKnown = settings.AUTHENTICATION === 'off' ? () => true : keyChecker(settings.API_KEYS ?? '');
  server.auth.scheme('credentials', () => ({
    authenticate: (request, h) => {
      if (!isKnown(request)) throw unauthenticated();
      return h.authenticated({ credentials: CREDENTIALS });
    },
  }));
  server.auth.strategy('default', 'credentials');
}

export const unauthenticated = (): ImageServiceError =>
  new ImageServiceError('unauthenticated', 'Send a key in the header `Authorization: Bearer KEY`.');

/** Compares digests in constant time, so that an attacker learns neither the keys nor how much of a guess is right. */
function keyChecker(digests: string): (request: Request) => boolean {
  const known = digests.split(',').map((digest) => Buffer.from(digest, 'hex'));
  return ({ raw }) => {
    const [, key] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(raw.req.headers.authorization ?? '') ?? [];
    if (key === undefined) return false;
    const digest = createHash('sha256').update(key).digest();
    return known.filter((each) => each.length === digest.length && timingSafeEqual(each, digest)).length > 0;
  };
}
