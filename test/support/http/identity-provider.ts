import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { type JWKS, Provider } from 'oidc-provider';

/** The audience for which the provider makes tokens. */
export const AUDIENCE = 'https://images.example.com';

export const PROVIDER_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
type Algorithm = (typeof PROVIDER_ALGORITHMS)[number];

/** What a client asks the provider for. */
interface TokenRequest {
  client?: string;
  scope?: string;
  algorithm?: Algorithm;
}

/** Each is an owner, because a client is the subject of its own tokens. */
const CLIENTS = ['anna', 'bert', 'carl'];
const SECRET = randomBytes(32).toString('base64url');

/** A private key of the test for each algorithm of the provider, by which the test can sign what the provider never would. */
export async function providerKeys(
  generation: string,
  algorithms: readonly Algorithm[] = PROVIDER_ALGORITHMS,
): Promise<JWK[]> {
  const pairs = algorithms.map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-${generation}` };
  });
  return Promise.all(pairs);
}

/** An OpenID provider on this machine, whose keys can be changed, and which can be made to fail. */
export interface IdentityProvider {
  issuer: string;
  token(request?: TokenRequest): Promise<string>;
  /** Puts another provider behind the same address, as a rotation of keys does. */
  useKeys(keys: JWK[]): void;
  /** Answers the documents of the provider by this instead, until it is called without. */
  answerBy(listener?: RequestListener): void;
  /** How often documents were fetched, by path. */
  fetched: Map<string, number>;
  close(): Promise<void>;
  /** Listens again on the port that was closed. */
  listen(): Promise<void>;
}

/** Starts a provider with these keys. */
export async function startIdentityProvider(keys: JWK[]): Promise<IdentityProvider> {
  const fetched = new Map<string, number>();
  let answer: RequestListener | undefined;
  let provide: RequestListener = () => undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    fetched.set(path, (fetched.get(path) ?? 0) + 1);
    const listener = answer && request.method === 'GET' ? answer : provide;
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const useKeys = (jwks: JWK[]) => {
    provide = openProvider(issuer, jwks).callback();
  };
  useKeys(keys);
  return {
    issuer,
    fetched,
    useKeys,
    token: (request) => askForToken(issuer, request),
    answerBy: (listener) => {
      answer = listener;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
    listen: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

const NOTHING_KEPT = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

const openProvider = (issuer: string, keys: JWK[]): Provider =>
  new Provider(issuer, {
    jwks: { keys } as JWKS,
    // Signed tokens are not kept.
    adapter: () => NOTHING_KEPT,
    clients: CLIENTS.map((client) => ({
      client_id: client,
      client_secret: SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_context, { clientId }) => ({ 'https://images.example.com/tenant': `tenant-of-${clientId}` }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          audience: AUDIENCE,
          scope: 'images:read images:write images:delete admin',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: resource.replace(/^.*:/, '') as Algorithm } },
        }),
      },
    },
  });

async function askForToken(
  issuer: string,
  { client = 'anna', scope = 'images:read images:write images:delete', algorithm = 'RS256' }: TokenRequest = {},
): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client}:${SECRET}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: `urn:images:${algorithm}` }),
  });
  const body = (await answer.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`The provider gives no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
