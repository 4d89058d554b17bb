import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { openRequestCounter, type RequestCounter } from '../../../shared/services/request-counter.ts';
import { readCount } from '../../../shared/storage/table/counted-entries.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { eventually } from '../../support/eventually.ts';
import { type LogLine, logInto } from '../../support/services/services.ts';
import { openLocalTable } from '../../support/storage/emulators.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';

/** The beginning of a window. */
const START = 1_800_000_000_000;
const WINDOW_MS = 60_000;

describe('Requests that processes count together', () => {
  let table: ImageTable;
  let close: () => Promise<void>;
  before(async () => {
    ({ table, close } = await openLocalTable());
  });
  after(() => close());

  /** Processes with one clock. */
  function open(limit: number, processes: number, own = table) {
    const clock = turnedClock();
    const begun = clock.now();
    const time = () => START + clock.now() - begun;
    const logs: LogLine[] = [];
    const subject = `owner-${randomUUID()}`;
    const options = {
      table: own,
      logger: logInto(logs, 'test'),
      kind: 'owner',
      limit,
      clock: { pause: clock.pause, time },
    };
    return { clock, logs, subject, counters: Array.from({ length: processes }, () => openRequestCounter(options)) };
  }

  async function served(counter: RequestCounter, subject: string, requests: number): Promise<number> {
    const all = await Promise.all(Array.from({ length: requests }, () => counter.take(subject)));
    return all.filter((counted) => !counted?.isUsed).length;
  }

  const takenOf = async (subject: string, window = START / WINDOW_MS): Promise<unknown> =>
    (await readCount(table, { pk: `LIMIT#owner#${subject}`, sk: `WINDOW#${window}` }))?.taken;

  /** Turns the clock until nobody gives anything back any more. */
  async function settle(clock: TurnedClock): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) {
      await clock.turn(300);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('are served up to the limit, and not one more', async () => {
    const { counters, subject } = open(100, 4);
    const counts = await Promise.all(counters.map((counter) => served(counter, subject, 100)));
    expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(100);
  });

  it('are served again in the next window', async () => {
    const { counters, subject, clock } = open(5, 1);
    const [counter] = counters as [RequestCounter];
    expect(await served(counter, subject, 8)).to.equal(5);
    await clock.turn(WINDOW_MS);
    expect(await served(counter, subject, 8)).to.equal(5);
  });

  it('tell how many are left, and until when', async () => {
    const { counters, subject, clock } = open(5, 1);
    const [counter] = counters as [RequestCounter];
    expect(await counter.take(subject)).to.deep.equal({ quota: 5, window: 60, remaining: 4, reset: 60 });
    await clock.turn(20_500);
    expect(await counter.take(subject)).to.deep.equal({ quota: 5, window: 60, remaining: 3, reset: 40 });
    for (const remaining of [2, 1, 0]) expect(await counter.take(subject)).to.include({ remaining });
    expect(await counter.take(subject)).to.deep.equal({ quota: 5, window: 60, remaining: 0, reset: 40, isUsed: true });
  });

  it('take several in one write where there are many, and give back what nobody asks for', async () => {
    const { counters, subject, clock } = open(1000, 1);
    const [counter] = counters as [RequestCounter];
    for (let request = 0; request < 12; request += 1) await counter.take(subject);
    expect(await takenOf(subject)).to.be.greaterThan(12);
    await settle(clock);
    await eventually('the rest is given back', async () => (await takenOf(subject)) === 12);
  });

  it('give back at their end what nobody has asked for', async () => {
    const { counters, subject } = open(1000, 1);
    const [counter] = counters as [RequestCounter];
    for (let request = 0; request < 12; request += 1) await counter.take(subject);
    await counter.stop();
    expect(await takenOf(subject)).to.equal(12);
  });

  it('are served when another process has given something back', async () => {
    const { counters, subject, clock } = open(160, 2);
    const [busy, other] = counters as [RequestCounter, RequestCounter];
    for (let request = 0; request < 10; request += 1) await busy.take(subject);
    const first = await served(other, subject, 160);
    expect(10 + first).to.be.below(160);
    await settle(clock);
    await clock.turn(1_000);
    expect(10 + first + (await served(other, subject, 160))).to.equal(160);
  });

  it('ask the table once a second at most when the limit is used', async () => {
    let writes = 0;
    const counting = Object.assign(Object.create(table.documents), {
      send: (command: Parameters<typeof table.documents.send>[0]) => {
        writes += 1;
        return table.documents.send(command);
      },
    }) as ImageTable['documents'];
    const { counters, subject } = open(3, 1, { ...table, documents: counting });
    const [counter] = counters as [RequestCounter];
    await served(counter, subject, 4);
    writes = 0;
    await served(counter, subject, 50);
    expect(writes).to.equal(0);
  });

  it('pass uncounted while the table does not answer, of which the log tells once', async () => {
    const documents = Object.assign(Object.create(table.documents), {
      send: () => Promise.reject(new Error('down')),
    }) as ImageTable['documents'];
    const { counters, subject, logs, clock } = open(1, 1, { ...table, documents });
    const [counter] = counters as [RequestCounter];
    expect(await served(counter, subject, 20)).to.equal(20);
    await clock.turn(10_000);
    expect(await served(counter, subject, 20)).to.equal(20);
    expect(logs.map(({ level }) => level)).to.deep.equal([40]);
  });

  it('wait a second at most for a table that does not answer', async () => {
    const documents = Object.assign(Object.create(table.documents), {
      send: () => new Promise(() => undefined),
    }) as ImageTable['documents'];
    const { counters, subject, clock } = open(1, 1, { ...table, documents });
    const [counter] = counters as [RequestCounter];
    const taking = counter.take(subject);
    await clock.waited();
    await clock.turn(1_000);
    expect(await taking).to.equal(undefined);
    expect(await counter.take(subject)).to.equal(undefined);
  });

  it('are never more than the limit, and all of it once what is held was given back, whatever comes when', async function () {
    this.timeout(60_000);
    const burst = fc.record({ process: fc.nat(2), requests: fc.integer({ min: 1, max: 40 }), pauseMs: fc.nat(600) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.array(burst, { maxLength: 8 }), async (limit, bursts) => {
        const { counters, subject, clock } = open(limit, 3);
        let count = 0;
        for (const { process, requests, pauseMs } of bursts) {
          count += await served(counters[process] as RequestCounter, subject, requests);
          await clock.turn(pauseMs);
        }
        expect(count).to.be.at.most(limit);
        await Promise.all(counters.map((counter) => counter.stop()));
        await clock.turn(1_000);
        const rest = await served(counters[0] as RequestCounter, subject, limit - count + 1);
        expect(count + rest).to.equal(limit);
      }),
      { numRuns: 40 },
    );
  });
});
