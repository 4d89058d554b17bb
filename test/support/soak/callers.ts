import type { JWK } from 'jose';
import { signToken } from '../../../scripts/local/data-folder/issuer.ts';
import type { Outgoing } from '../http/http-client.ts';

/** Somebody with images of his own, by the header that proves it. */
export type Caller = { authorization: string };

const OWNERS = ['anna', 'auth0|bert', 'https://idp.example/users/3', 'd'.repeat(200)];

/** Tokens outlast the longest load. */
const LIFETIME_MS = 24 * 3_600_000;

/** Several owners, each with a token of the issuer. */
export const signCallers = (issuer: JWK): Promise<Caller[]> =>
  Promise.all(
    OWNERS.map(async (owner) => {
      const scopes = ['images:read', 'images:write', 'images:delete'] as const;
      return { authorization: `Bearer ${await signToken(issuer, { owner, scopes, lifetimeMs: LIFETIME_MS })}` };
    }),
  );

/** An image, and whose it is. */
export interface OwnImage {
  imageId: string;
  caller: Caller;
}

/** What the requests about access need of the load. */
interface AccessLoad {
  callers: readonly Caller[];
  image(): OwnImage | undefined;
  ask(what: string, request: Outgoing, ...wanted: number[]): Promise<{ status: number; body: Buffer }>;
  made(answer: { status: number; body: Buffer }, caller: Caller): void;
}

const json = (caller: Caller, body: object) => ({
  headers: { ...caller, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const DRAWING = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="alert(1)"><script>1</script><rect width="40" height="30"/></svg>',
);

/** Credentials that nobody has, different ones each time, because services remember what they have looked up. */
const ofNobody = (): string[] => [
  `Bearer isk_${crypto.randomUUID().replaceAll('-', '')}_${'x'.repeat(43)}`,
  `Bearer ${Buffer.from(JSON.stringify({ alg: 'ES256', kid: crypto.randomUUID() })).toString('base64url')}.e30.AAAA`,
  `Bearer ${crypto.randomUUID()}`,
];

const GONE = [404, 410];

/** Requests about who may see and do what. */
export function accessDeeds({ callers, image, ask, made }: AccessLoad): Record<string, () => Promise<unknown>> {
  const anybody = (): Caller => callers[Math.floor(Math.random() * callers.length)] as Caller;
  return {
    async visibility() {
      const own = image();
      if (!own) return;
      const visibility = Math.random() < 0.5 ? 'private' : 'public';
      const request = json(own.caller, { visibility, originalMetadata: visibility === 'public' ? 'keep' : undefined });
      await ask('visibility', { method: 'PATCH', path: `/v1/images/${own.imageId}`, ...request }, 200, ...GONE);
    },
    async link() {
      const own = image();
      if (!own) return;
      const path = `/v1/images/${own.imageId}/links`;
      const answer = await ask(
        'link',
        { method: 'POST', path, ...json(own.caller, { target: 'original' }) },
        201,
        ...GONE,
      );
      if (answer.status === 201)
        await ask('bytes by a link', { path: JSON.parse(answer.body.toString()).url }, 200, ...GONE);
    },
    async 'upload token'() {
      const caller = anybody();
      const asked = json(caller, { maxBytes: 100_000, types: ['image/svg+xml'], expiresInSeconds: 60 });
      const answer = await ask('upload token', { method: 'POST', path: '/v1/upload-tokens', ...asked }, 201);
      const headers = { authorization: `Bearer ${JSON.parse(answer.body.toString()).token}` };
      made(await ask('drawing', { method: 'POST', path: '/v1/images', headers, body: DRAWING }, 201), caller);
    },
    async usage() {
      await ask('usage', { path: '/v1/usage', headers: anybody() }, 200);
    },
    async 'credentials of nobody'() {
      const own = image();
      for (const authorization of ofNobody())
        await ask(
          'credentials of nobody',
          { path: `/v1/images/${own?.imageId}`, headers: { authorization } },
          401,
          429,
        );
    },
    async 'image of another'() {
      const own = image();
      const stranger = callers.find((caller) => caller !== own?.caller);
      if (own && stranger) await ask('image of another', { path: `/v1/images/${own.imageId}`, headers: stranger }, 404);
    },
  };
}
