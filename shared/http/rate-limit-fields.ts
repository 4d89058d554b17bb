import type { Request } from '@hapi/hapi';
import { type Item, type List, serializeList } from 'structured-headers';
import type { OwnerLimits, Standing, TakenRequest } from '../domain/owner-limits.ts';
import type { Principal } from '../domain/principal.ts';
import { type ClientAddress, countedAddress } from './client-address.ts';

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** How the window stands for which a request was counted, by the name of its policy. */
    standing?: [policy: Policy, Standing];
  }
}

/** The names of policies in the fields: whom a request counts for. */
type Policy = 'owner' | 'address';

/**
 * Counts a request for its owner; one of nobody, or of whoever has an upload token of an owner, for its address. Throws the problem of the limit.
 */
export type RequestAdmission = (request: Request, principal: Principal | undefined) => Promise<void>;

export function requestAdmission(limits: OwnerLimits | undefined, clientAddress: ClientAddress): RequestAdmission {
  return async (request, principal) => {
    const address = clientAddress(request.raw.req);
    if (principal && principal.kind !== 'upload-token')
      note(request, 'owner', await limits?.takeRequest(principal.owner));
    else if (address) note(request, 'address', await limits?.takeAnonymousRequest(countedAddress(address)));
  };
}

function note(request: Request, policy: Policy, taken: TakenRequest | undefined): void {
  if (!taken) return;
  request.app.standing = [policy, taken.standing];
  if (taken.refusal) throw taken.refusal;
}

/** The fields in lower case, as Node writes them. */
export const RATE_LIMIT_FIELDS = ['ratelimit-policy', 'ratelimit'] as const;

/** A list of one string with parameters (RFC 9651). */
const listOf = (policy: string, parameters: Record<string, number>): string =>
  serializeList([[policy, new Map(Object.entries(parameters))] satisfies Item] satisfies List);

/**
 * The fields RateLimit-Policy and RateLimit of a request that was counted (draft-ietf-httpapi-ratelimit-headers-12, 2026-11-20,
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/12/). None on a response that caches may give to others.
 */
export function rateLimitFields({ app }: Request, cacheControl: unknown): Record<string, string> {
  if (!app.standing || !/\b(no-store|private)\b/.test(String(cacheControl))) return {};
  const [policy, { quota, window, remaining, reset }] = app.standing;
  return {
    'ratelimit-policy': listOf(policy, { q: quota, w: window }),
    ratelimit: listOf(policy, { r: remaining, t: reset }),
  };
}
