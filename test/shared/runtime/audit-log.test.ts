import { expect } from 'chai';
import type { AuditLine } from '../../../shared/domain/audit-line.ts';
import { type AuditDelivery, openAuditLog } from '../../../shared/runtime/audit-log.ts';
import { auditLine } from '../../support/services/audit-lines.ts';
import { type LogLine, logInto } from '../../support/services/services.ts';
import { turnedClock } from '../../support/turned-clock.ts';

const LIMITS = {
  gatherMs: 1_000,
  linesAtOnce: 3,
  keptLines: 5,
  keptMs: 60_000,
  firstRetryMs: 1_000,
  longestRetryMs: 4_000,
};

/** An audit log whose deliveries end as the test says. */
function bench(deliver: AuditDelivery) {
  const logs: LogLine[] = [];
  const clock = turnedClock();
  const batches: string[][] = [];
  const log = openAuditLog({
    deliver: (lines) => {
      batches.push(lines.map(({ requestId }) => requestId));
      return deliver(lines);
    },
    logger: logInto(logs, 'download'),
    clock,
    limits: LIMITS,
  });
  const write = (...ids: string[]) => {
    for (const id of ids) log.write(auditLine(id));
  };
  /** The lines in the usual log. */
  const spilled = () => logs.flatMap(({ audit }) => (audit ? [(audit as AuditLine).requestId] : []));
  return { log, clock, batches, write, spilled, logs };
}

const takes: AuditDelivery = async () => [];
const fails: AuditDelivery = async () => {
  throw new Error('throttled');
};

describe('audit log', () => {
  it('delivers together what is written within a moment, in its order', async () => {
    const { clock, batches, write, spilled } = bench(takes);
    write('a', 'b');
    await clock.waited();
    expect(batches).to.deep.equal([]);
    await clock.turn(1_000);
    write('c');
    await clock.turn(1_000);
    expect(batches).to.deep.equal([['a', 'b'], ['c']]);
    expect(spilled()).to.deep.equal([]);
  });

  it('delivers no more lines at once than are taken, and the rest with those that follow', async () => {
    const { clock, batches, write } = bench(takes);
    write('a', 'b', 'c', 'd', 'e');
    await clock.waited();
    await clock.turn(1_000);
    await clock.waited();
    await clock.turn(1_000);
    expect(batches).to.deep.equal([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });

  it('tries again, after growing pauses, what could not be delivered, and says so once', async () => {
    let failures = 4;
    const { clock, batches, write, spilled, logs } = bench(async (lines) => (failures-- > 0 ? fails(lines) : []));
    write('a');
    await clock.waited();
    for (const pause of [1_000, 1_000, 2_000, 4_000, 4_000]) {
      await clock.turn(pause);
      await clock.waited();
    }
    expect(batches).to.deep.equal(Array.from({ length: 5 }, () => ['a']));
    expect(spilled()).to.deep.equal([]);
    expect(logs.map(({ msg }) => msg)).to.deep.equal(['the audit trail takes no lines']);
  });

  it('puts into the usual log what does not fit into memory while nothing is delivered', async () => {
    const { clock, write, spilled } = bench(fails);
    write('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(spilled()).to.deep.equal(['f', 'g']);
    await clock.waited();
    await clock.turn(1_000);
    expect(spilled()).to.deep.equal(['f', 'g']);
  });

  it('puts into the usual log what could not be delivered for too long', async () => {
    const { clock, write, spilled } = bench(fails);
    write('a');
    await clock.waited();
    await clock.turn(50_000);
    write('b');
    await clock.turn(15_000);
    expect(spilled()).to.deep.equal(['a']);
    await clock.turn(60_000);
    expect(spilled()).to.deep.equal(['a', 'b']);
  });

  it('puts into the usual log what is refused for good, and delivers the rest', async () => {
    const { clock, batches, write, spilled } = bench(async (lines) =>
      lines.filter(({ requestId }) => requestId === 'a'),
    );
    write('a', 'b');
    await clock.waited();
    await clock.turn(1_000);
    await clock.waited();
    expect(spilled()).to.deep.equal(['a']);
    expect(batches).to.deep.equal([['a', 'b']]);
  });

  it('delivers what is left when the service stops, without a pause', async () => {
    const { log, batches, write, spilled } = bench(takes);
    write('a', 'b', 'c', 'd');
    await log.stop();
    expect(batches).to.deep.equal([['a', 'b', 'c'], ['d']]);
    expect(spilled()).to.deep.equal([]);
  });

  it('puts into the usual log what cannot be delivered when the service stops', async () => {
    const { log, batches, write, spilled } = bench(fails);
    write('a', 'b', 'c', 'd');
    await log.stop();
    expect(batches).to.deep.equal([['a', 'b', 'c']]);
    expect(spilled()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('puts into the usual log what hangs when the service stops', async () => {
    const { log, clock, write, spilled } = bench(() => new Promise(() => undefined));
    write('a', 'b');
    const stopped = log.stop();
    await clock.waited();
    await clock.turn(3_000);
    await stopped;
    expect(spilled()).to.deep.equal(['a', 'b']);
  });

  it('goes on with lines that are written after everything was delivered', async () => {
    const { clock, batches, write } = bench(takes);
    for (const id of ['a', 'b']) {
      write(id);
      await clock.waited();
      await clock.turn(1_000);
      await clock.turn(1_000);
    }
    expect(batches).to.deep.equal([['a'], ['b']]);
  });
});
