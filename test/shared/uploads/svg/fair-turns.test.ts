import { setImmediate as afterPromises } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { openFairTurns } from '../../../../shared/uploads/svg/fair-turns.ts';

const MOST = 4;
const OF_SENDER = 'too many of the sender';
const OF_SENDERS = 'too many senders';

/** A work that somebody has sent. */
interface Work {
  sender: string;
  state: 'waiting' | 'at work' | 'done' | typeof OF_SENDER | typeof OF_SENDERS;
  /** Whose works have begun since it came, or since the one of its sender before it began. */
  seen: string[];
  /** Ends it, with an error or without. */
  end(error?: Error): void;
}

/** Turns whose works end when the test says so. */
function watchedTurns() {
  const turns = openFairTurns({
    most: MOST,
    tooManyOfSender: () => new Error(OF_SENDER),
    tooManySenders: () => new Error(OF_SENDERS),
  });
  const works: Work[] = [];
  const inState = (...states: Work['state'][]) => works.filter(({ state }) => states.includes(state));
  return {
    inState,
    async send(sender: string): Promise<Work> {
      const ending = Promise.withResolvers<void>();
      const end = (error?: Error) => (error ? ending.reject(error) : ending.resolve());
      const work: Work = { sender, state: 'waiting', seen: [], end };
      works.push(work);
      const begin = () => {
        work.state = 'at work';
        for (const each of inState('waiting')) each.seen = each.sender === sender ? [] : [...each.seen, sender];
        return ending.promise;
      };
      const settle = (state: Work['state']) => {
        work.state = state;
      };
      turns.take(sender, begin).then(
        () => settle('done'),
        ({ message }) => settle(message),
      );
      await afterPromises();
      return work;
    },
    /** Ends what is at work. */
    async end(hasFailed = false): Promise<void> {
      for (const work of inState('at work')) work.end(hasFailed ? new Error('done') : undefined);
      await afterPromises();
    },
  };
}

type Watched = ReturnType<typeof watchedTurns>;

/** Sends a work, and checks who is refused for it. */
async function sendChecked({ inState, send }: Watched, sender: string): Promise<void> {
  const queues = Map.groupBy(inState('waiting'), (work) => work.sender);
  const own = queues.get(sender)?.length ?? 0;
  const longest = Math.max(0, ...Array.from(queues.values(), (queue) => queue.length));
  const isFull = inState('waiting').length === MOST;
  const refusedBefore = inState(OF_SENDER, OF_SENDERS).length;
  const { state } = await send(sender);
  expect(inState(OF_SENDER, OF_SENDERS).length - refusedBefore).to.equal(isFull ? 1 : 0);
  if (!isFull) expect(state).to.be.oneOf(['waiting', 'at work']);
  else if (longest > own + 1) expect(state).to.equal('waiting');
  else expect(state).to.equal(own > 0 ? OF_SENDER : OF_SENDERS);
}

/** Somebody sends a work, or what is at work ends, or fails. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') },
  { weight: 1, arbitrary: fc.boolean() },
);

describe('Fair turns', () => {
  it('are given one after the other, one of each other sender at most before the next of a sender, and refuse whoever has most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const watched = watchedTurns();
        const { inState, end } = watched;
        const check = () => {
          const waiting = inState('waiting');
          expect(waiting.length).to.be.at.most(MOST);
          expect(inState('at work').length).to.be.within(waiting.length > 0 ? 1 : 0, 1);
          for (const { seen } of waiting) expect(seen).to.deep.equal([...new Set(seen)]);
        };
        for (const each of steps) {
          if (typeof each === 'string') await sendChecked(watched, each);
          else await end(each);
          check();
        }
        while (inState('at work').length > 0) {
          await end();
          check();
        }
        expect(inState('waiting')).to.deep.equal([]);
      }),
    );
  });

  it('let whoever comes once pass whoever sends again and again', async () => {
    const { inState, send, end } = watchedTurns();
    for (let time = 0; time < 3; time += 1) await send('greedy');
    const patient = await send('patient');
    for (let time = 0; time < 5; time += 1) await send('greedy');
    expect(patient.state).to.equal('waiting');
    await end();
    expect(patient.state).to.equal('at work');
    expect(inState('done')).to.have.length(1);
  });
});
