import { expect } from 'chai';
import fc from 'fast-check';
import { createMessageQueue } from '../../../../scripts/cost/simulation/message-queue.ts';

const END = 50;
const STEPS = fc.array(
  fc.record({
    arrive: fc.nat({ max: 3 }),
    take: fc.nat({ max: 3 }),
    putBack: fc.boolean(),
    hidden: fc.nat({ max: 10 }),
  }),
  { minLength: 1, maxLength: END },
);

describe('the simulated queue', () => {
  it('gives what has waited longest, and everything once, as a sorted list does', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const queue = createMessageQueue(END);
        let waiting: number[] = [];
        let hidden: { arrived: number; visibleAt: number }[] = [];
        for (const [tick, { arrive, take, putBack, hidden: hiddenTicks }] of steps.entries()) {
          queue.arrive(tick, arrive);
          queue.release(tick);
          const due = hidden.filter(({ visibleAt }) => visibleAt <= tick).map(({ arrived }) => arrived);
          hidden = hidden.filter(({ visibleAt }) => visibleAt > tick);
          waiting = [...waiting, ...due, ...new Array(arrive).fill(tick)].sort((a, b) => a - b);
          for (let count = 0; count < take; count += 1) {
            const taken = queue.take();
            const oldest = waiting.indexOf(taken as number);
            if (waiting.length === 0) expect(taken).to.equal(undefined);
            else expect(oldest).to.be.at.least(0);
            if (taken === undefined) continue;
            waiting.splice(oldest, 1);
            if (!putBack) continue;
            queue.putBack(taken, tick + 1 + hiddenTicks);
            hidden.push({ arrived: taken, visibleAt: tick + 1 + hiddenTicks });
          }
          expect([queue.visible(), queue.hidden()]).to.deep.equal([waiting.length, hidden.length]);
        }
        const left: number[] = [];
        queue.forEachLeft((arrived, count) => left.push(...new Array(count).fill(arrived)));
        expect(left.toSorted((a, b) => a - b)).to.deep.equal(
          [...waiting, ...hidden.map(({ arrived }) => arrived)].toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('is first in, first out, and gives what came back before what is new', () => {
    const queue = createMessageQueue(10);
    queue.arrive(1, 2);
    queue.arrive(3, 1);
    expect(queue.take()).to.equal(1);
    queue.putBack(1, 6);
    expect(queue.take()).to.equal(1);
    queue.release(6);
    expect([queue.take(), queue.take(), queue.take()]).to.deep.equal([1, 3, undefined]);
  });

  it('gives many messages as it gives single ones', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const [single, many] = [createMessageQueue(END), createMessageQueue(END)];
        for (const [tick, { arrive, take, putBack, hidden }] of steps.entries()) {
          for (const queue of [single, many]) {
            queue.arrive(tick, arrive);
            queue.release(tick);
          }
          const count = Math.min(take, single.visible());
          const one = Array.from({ length: count }, () => single.take() as number);
          const other: number[] = [];
          many.takeMany(count, (arrived, of) => other.push(...new Array(of).fill(arrived)));
          expect(other).to.deep.equal(one);
          if (putBack)
            for (const queue of [single, many]) for (const arrived of one) queue.putBack(arrived, tick + 1 + hidden);
          expect([many.visible(), many.hidden()]).to.deep.equal([single.visible(), single.hidden()]);
        }
      }),
    );
  });
});
