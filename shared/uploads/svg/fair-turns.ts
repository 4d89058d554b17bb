type Turn = PromiseWithResolvers<void>;

interface FairTurnsOptions {
  /** How many may wait, beside what is being done. */
  most: number;
  /** The error for work of a sender of whom as much waits as of anybody else. */
  tooManyOfSender(): Error;
  /** The error for the first work of a sender while each of the others waits with one. */
  tooManySenders(): Error;
}

export interface FairTurns {
  /** Does work of a sender when it is its turn. */
  take<Result>(sender: string, work: () => Promise<Result>): Promise<Result>;
}

/**
 * Does work one after the other. The turn goes round its senders, so that nobody waits longer than for what is being done and for one work of each
 * other sender, however much those send. When as many wait as may, whoever has most waiting makes room: its last is refused.
 */
export function openFairTurns({ most, tooManyOfSender, tooManySenders }: FairTurnsOptions): FairTurns {
  /** What waits, by sender, in the order of their turns. None of the lists is empty. */
  const queues = new Map<string, Turn[]>();
  let waiting = 0;
  /** Whose work is being done. */
  let current: string | undefined;

  function makeRoom(sender: string): void {
    if (waiting < most) return;
    const own = queues.get(sender)?.length ?? 0;
    const longest = [...queues.values()].reduce((one, other) => (other.length > one.length ? other : one));
    if (longest.length <= own + 1) throw own > 0 ? tooManyOfSender() : tooManySenders();
    waiting -= 1;
    longest.pop()?.reject(tooManyOfSender());
  }

  function wait(sender: string): Turn {
    const turn = Promise.withResolvers<void>();
    const queue = queues.get(sender) ?? [];
    queue.push(turn);
    queues.set(sender, queue);
    waiting += 1;
    return turn;
  }

  function next(): void {
    const more = current === undefined ? undefined : queues.get(current);
    if (current !== undefined && more) {
      // Behind all who have come meanwhile.
      queues.delete(current);
      queues.set(current, more);
    }
    const [first] = queues;
    current = first?.[0];
    if (!first) return;
    const [sender, queue] = first;
    const turn = queue.shift();
    if (queue.length === 0) queues.delete(sender);
    waiting -= 1;
    turn?.resolve();
  }

  return {
    async take(sender, work) {
      makeRoom(sender);
      const turn = wait(sender);
      if (current === undefined) next();
      await turn.promise;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
