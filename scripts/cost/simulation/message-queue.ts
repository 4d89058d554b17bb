/**
 * A first-in, first-out queue of messages, each of which is the tick of its arrival. Messages of one tick are one number, so that a million of
 * them take no more room than one; SQS keeps the order only roughly.
 */
export interface MessageQueue {
  arrive(tick: number, count: number): void;
  /** Takes the message that has waited longest; undefined if none is visible. */
  take(): number | undefined;
  /** Takes so many messages, which must be visible, in that order; tells how many of them arrived at which tick. */
  takeMany(count: number, each: (arrived: number, count: number) => void): void;
  /** Puts a message back that somebody took; it is visible again at a later tick. */
  putBack(arrived: number, visibleAt: number): void;
  /** Makes messages visible whose time has come. */
  release(tick: number): void;
  visible(): number;
  hidden(): number;
  /** Calls `each` with the arrival of every message that is left, and how many have it. */
  forEachLeft(each: (arrived: number, count: number) => void): void;
}

/** Makes an empty queue for arrivals in ticks from 0 to `ticks`. */
export function createMessageQueue(ticks: number): MessageQueue {
  const arrivals = new Uint32Array(ticks + 1);
  let oldest = 0;
  let fresh = 0;
  let returned: number[] = [];
  let hidden: { arrived: number; visibleAt: number }[] = [];
  let nextVisible = Number.POSITIVE_INFINITY;

  function takeFresh(): number | undefined {
    if (fresh === 0) return undefined;
    while (arrivals[oldest] === 0) oldest += 1;
    arrivals[oldest] = (arrivals[oldest] as number) - 1;
    fresh -= 1;
    return oldest;
  }

  // What was taken before is older than almost everything else.
  const take = (): number | undefined => (returned.length > 0 ? returned.shift() : takeFresh());

  return {
    arrive(tick, count) {
      arrivals[tick] = (arrivals[tick] as number) + count;
      fresh += count;
    },
    take,
    takeMany(count, each) {
      let left = count;
      for (const arrived of returned.splice(0, left)) {
        each(arrived, 1);
        left -= 1;
      }
      while (left > 0) {
        while (arrivals[oldest] === 0) oldest += 1;
        const taken = Math.min(left, arrivals[oldest] as number);
        arrivals[oldest] = (arrivals[oldest] as number) - taken;
        fresh -= taken;
        left -= taken;
        each(oldest, taken);
      }
    },
    putBack(arrived, visibleAt) {
      hidden.push({ arrived, visibleAt });
      nextVisible = Math.min(nextVisible, visibleAt);
    },
    release(tick) {
      if (tick < nextVisible) return;
      const due = hidden.filter(({ visibleAt }) => visibleAt <= tick).map(({ arrived }) => arrived);
      returned = [...returned, ...due].sort((a, b) => a - b);
      hidden = hidden.filter(({ visibleAt }) => visibleAt > tick);
      nextVisible = Math.min(...hidden.map(({ visibleAt }) => visibleAt));
    },
    visible: () => fresh + returned.length,
    hidden: () => hidden.length,
    forEachLeft(each) {
      for (const [tick, count] of arrivals.entries()) if (count > 0) each(tick, count);
      for (const arrived of [...returned, ...hidden.map((message) => message.arrived)]) each(arrived, 1);
    },
  };
}
