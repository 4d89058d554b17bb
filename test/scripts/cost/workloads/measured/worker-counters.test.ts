import { expect } from 'chai';
import fc from 'fast-check';
import { openScrapes } from '../../../../../scripts/cost/workloads/measured/scrapes.ts';
import { sumOfWorkers } from '../../../../../scripts/cost/workloads/measured/worker-counters.ts';

const START = Date.parse('2026-12-01T00:00Z');
const HOUR_MS = 60 * 60 * 1000;

interface Told {
  messages: number;
  /** Hours since START. */
  at?: number;
  startedAt?: number;
  worker?: string;
}

const textOf = ({ messages, at, startedAt = 0, worker = 'a' }: Told): string =>
  [
    ...(at === undefined ? [] : [`# scraped ${new Date(START + at * HOUR_MS).toISOString()} ${worker}`]),
    `process_start_time_seconds ${(START + startedAt * HOUR_MS) / 1000}`,
    '# HELP image_worker_messages_total Messages worked on, by what became of them.',
    `image_worker_messages_total{outcome="done"} ${messages}`,
    'image_worker_messages_total{outcome="lost"} 3',
    'http_requests_total{path="/}"} 7 # {trace="x"} 1',
  ].join('\n');

/** Messages that all workers have done, and the hours in which. */
function sumOf(text: string, fileHours = 10) {
  const scrapes = openScrapes();
  for (const line of text.split('\n')) scrapes.add(line);
  const increases = scrapes.increases(START + fileHours * HOUR_MS);
  const { totals, from, to } = sumOfWorkers(increases);
  const resets = increases.reduce((sum, increase) => sum + increase.resets, 0);
  return { messages: totals.messages, from: (from - START) / HOUR_MS, to: (to - START) / HOUR_MS, resets };
}

const sumOfAll = (...told: Told[]) => sumOf(told.map(textOf).join('\n'));

describe('counters of workers', () => {
  it('count since the start of the process if there is one scrape, until the file was written', () => {
    expect(sumOfAll({ messages: 50, startedAt: 2 })).to.deep.equal({ messages: 50, from: 2, to: 10, resets: 0 });
  });

  it('count since the first of two scrapes with times', () => {
    expect(sumOfAll({ messages: 50, at: 4 }, { messages: 80, at: 6 })).to.deep.equal({
      messages: 30,
      from: 4,
      to: 6,
      resets: 0,
    });
  });

  it('count from zero again after a restart, whether they are lower or only the process is another', () => {
    const first = { messages: 50, at: 4 };
    expect(sumOfAll(first, { messages: 8, at: 6 }, { messages: 9, at: 7 })).to.include({ messages: 9, resets: 1 });
    expect(sumOfAll(first, { messages: 60, at: 6, startedAt: 5 })).to.include({ messages: 60, resets: 1 });
  });

  it('add up those of two workers', () => {
    const told = [
      { messages: 50, at: 4 },
      { messages: 5, at: 4, worker: 'b' },
      { messages: 80, at: 6 },
      { messages: 7, at: 6, worker: 'b' },
    ];
    expect(sumOfAll(...told)).to.deep.equal({ messages: 32, from: 4, to: 6, resets: 0 });
  });

  it('add up those of two workers without names, which started at different times', () => {
    expect(sumOfAll({ messages: 50, startedAt: 0 }, { messages: 5, startedAt: 8 })).to.deep.equal({
      messages: 55,
      from: 0,
      to: 10,
      resets: 0,
    });
  });

  it('have the part of an old worker that falls between the scrapes of others', () => {
    // 100 in 10 hours, of which two are seen.
    const told = [
      { messages: 50, at: 8 },
      { messages: 80, at: 10 },
      { messages: 100, at: 10, worker: 'b' },
    ];
    expect(sumOfAll(...told)).to.deep.equal({ messages: 50, from: 8, to: 10, resets: 0 });
  });

  it('are read with the times and instances that Prometheus itself gives them', () => {
    const at = (hour: number, messages: number, instance: string) =>
      `image_worker_messages_total{instance="${instance}",job="worker",outcome="done"} ${messages} ${START + hour * HOUR_MS}`;
    const text = [at(4, 50, 'a:8084'), at(4, 5, 'b:8084'), at(6, 80, 'a:8084'), at(6, 7, 'b:8084')].join('\n');
    expect(sumOf(text)).to.deep.equal({ messages: 32, from: 4, to: 6, resets: 0 });
  });

  it('leave out what is no number, and names that are not theirs', () => {
    const wrong = ['NaN', '+Inf', '-5', '1e300', 'x'].map(
      (value, index) => `image_worker_renditions_total{outcome="ready",code="c${index}"} ${value}`,
    );
    const text = [textOf({ messages: 50 }), ...wrong, 'image_worker_messages_total{outcome=', '__proto__ 5'].join('\n');
    expect(sumOf(text)).to.include({ messages: 50 });
  });

  it('are refused if there are more series than a fleet has', () => {
    const lines = Array.from({ length: 100_001 }, (_, index) => `image_worker_renditions_total{code="${index}"} 1`);
    expect(() => sumOf(lines.join('\n'))).to.throw('more than 100000 series');
  });

  it('come to what was counted, however often they are scraped and restarted', () => {
    const steps = fc.array(fc.record({ more: fc.nat(1000), restarts: fc.boolean() }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, (all) => {
        let [counter, startedAt, counted] = [7, -1, 0];
        const told: Told[] = [{ messages: counter, at: 0, startedAt }];
        for (const [index, { more, restarts }] of all.entries()) {
          if (restarts) [counter, startedAt] = [0, index + 0.5];
          counter += more;
          counted += more;
          told.push({ messages: counter, at: index + 1, startedAt });
        }
        expect(sumOfAll(...told).messages).to.equal(counted);
      }),
    );
  });
});
