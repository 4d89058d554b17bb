/**
 * What of AWS uses what, across services: a service's stand-in notes what its own use, and another refuses to delete it. Ids and ARNs are random, so
 * that one register does for every emulated AWS of a process.
 */
const used = new Map<string, readonly string[]>();

/** What `user` uses from now on, in place of what it used. */
export const keepUses = (user: string, ids: readonly string[]): void => void used.set(user, ids);

export const forgetUser = (user: string): void => void used.delete(user);

/** Who uses it; undefined if nobody does. */
export const userOf = (id: string): string | undefined => [...used].find(([, ids]) => ids.includes(id))?.[0];
