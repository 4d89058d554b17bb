/**
 * Records which resources use which others, across services: a service's stand-in records what its resources use, and another stand-in
 * refuses to delete it. Ids and ARNs are random, so one register is enough for all emulated AWSs of a process.
 */
const used = new Map<string, readonly string[]>();

/** Replaces what `user` uses. */
export const keepUses = (user: string, ids: readonly string[]): void => void used.set(user, ids);

export const forgetUser = (user: string): void => void used.delete(user);

/** A user of a resource; undefined if there is none. */
export const userOf = (id: string): string | undefined => [...used].find(([, ids]) => ids.includes(id))?.[0];
