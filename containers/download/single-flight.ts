/** Does a piece of work, or joins it where it is under way under the same key already. */
export type SingleFlight<Result> = (key: string, work: () => Promise<Result>) => Promise<Result>;

/** What many ask for at the same moment is done once for all of them, and anew for who asks later. */
export function openSingleFlight<Result>(): SingleFlight<Result> {
  const underWay = new Map<string, Promise<Result>>();
  return (key, work) => {
    const joined = underWay.get(key);
    if (joined) return joined;
    const working = work().finally(() => underWay.delete(key));
    underWay.set(key, working);
    return working;
  };
}
