import Boom from '@hapi/boom';
import type { Server } from '@hapi/hapi';
import { type Environment, LOCAL_OWNER } from '../contracts/environment.ts';

declare module '@hapi/hapi' {
  interface AuthCredentials {
    owner?: string;
  }
}

/** What everybody has while AUTHENTICATION is `off`, which only a loopback address may be. */
const LOCAL_CREDENTIALS = { owner: LOCAL_OWNER, scope: ['images:read', 'images:write'] };

/** Gives every request its credentials. Routes ask for their scope; those with the scope `public` for none. */
export function authenticate(server: Server, mode: Environment['AUTHENTICATION']): void {
  server.auth.scheme('credentials', () => ({
    authenticate: (_request, h) => {
      if (mode !== 'off') throw Boom.unauthorized();
      return h.authenticated({ credentials: LOCAL_CREDENTIALS });
    },
  }));
  server.auth.strategy('default', 'credentials');
}
