/** Does a piece of work, or joins the one that is in progress under the same key. */
export type SingleFlight<Result> = (key: string, work: () => Promise<Result>) => Promise<Result>;

/** Work that many callers ask for at the same time is done once for all of them, and again for later callers. */
export function openSingleFlight<Result>(): SingleFlight<Result> {
  const inProgress = new Map<string, Promise<Result>>();
  return (key, work) => {
    const joined = inProgress.get(key);
    if (joined) return joined;
    const working = work().finally(() => inProgress.delete(key));
    inProgress.set(key, working);
    return working;
  };
}
