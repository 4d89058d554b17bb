import { expect } from 'chai';
import fc from 'fast-check';
import { type SimulationResult, simulate } from '../../../../scripts/cost/simulation/simulate.ts';
import type { SimulationSettings } from '../../../../scripts/cost/simulation/simulation-settings.ts';
import { waitQuantile } from '../../../support/cost/erlang-c.ts';
import { followedProcesses } from '../../../support/cost/followed-processes.ts';
import { fixedWorkers, SIMULATIONS, simulatedWorkers } from '../../../support/cost/simulated-workers.ts';

/** What is drawn for an exponential time of 0.8 s has a mean of 0.8 s to the tick, which is a hundredth of a second. */
const TICK = 0.01;

const summed = ({ messages }: SimulationResult): number =>
  messages.done + messages.waiting + messages.hidden + messages.inWork;

describe('the simulation of the workers', function () {
  // It computes for seconds, and longer beside other work.
  this.timeout(600_000);

  for (const { tasks, utilisation, messages: count } of [
    { tasks: 1, utilisation: 0.5, messages: 100_000 },
    { tasks: 1, utilisation: 0.8, messages: 200_000 },
    { tasks: 5, utilisation: 0.5, messages: 100_000 },
    { tasks: 5, utilisation: 0.9, messages: 600_000 },
  ])
    it(`waits as Erlang's formula says with ${tasks * 4} processes that are busy ${utilisation * 100} % of the time`, () => {
      const messagesPerSecond = (tasks / 0.2) * utilisation;
      const { waits, messages } = simulate(
        fixedWorkers(tasks, { messagesPerSecond, hours: count / messagesPerSecond / 3600 }),
      );
      expect(messages.arrived).to.be.closeTo(count, count / 50);
      const queue = { servers: tasks * 4, serviceSeconds: 0.8, arrivalsPerSecond: messagesPerSecond };
      for (const [share, simulated] of [
        [0.5, waits.p50],
        [0.99, waits.p99],
      ] as const) {
        const exact = waitQuantile(queue, share);
        expect(simulated).to.be.closeTo(exact, exact * 0.15 + 2 * TICK);
      }
    });

  it('loses and invents no message, and buys nothing for nothing', () => {
    fc.assert(
      fc.property(SIMULATIONS, (settings) => {
        const result = simulate(settings);
        const { waits, instanceHours, usd, tasks } = result;
        expect(summed(result)).to.equal(result.messages.arrived);
        expect(waits.p50).to.be.at.most(waits.p99);
        expect(waits.p99).to.be.at.most(waits.max);
        expect(waits.max).to.be.at.most(settings.hours * 3600);
        expect(Math.max(...tasks)).to.be.at.most(settings.scaling.maxTasks * 2);
        const prices = [
          settings.fleet.onDemandUsdPerHour,
          ...settings.fleet.pools.flat().map(({ usdPerHour }) => usdPerHour),
        ];
        const hours = instanceHours.spot + instanceHours.onDemand;
        expect(usd)
          .to.be.at.least(Math.min(...prices) * hours - 1e-9)
          .and.at.most(Math.max(...prices) * hours + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same result for the same seed to the last digit, and another for another', () => {
    const run = (seed: number) =>
      simulate(simulatedWorkers({ messagesPerSecond: 60, hours: 1, seed, interruptionsPerHour: 0.5 }));
    expect(run(7)).to.deep.equal(run(7));
    const [first, second] = [run(7), run(8)];
    expect(first.messages.arrived).to.not.equal(second.messages.arrived);
    expect(first.usd).to.not.equal(second.usd);
  });

  it('has the same arrivals, whatever happens to the instances', () => {
    const runs = [0, 0.05, 5].map((interruptionsPerHour) =>
      simulate(simulatedWorkers({ messagesPerSecond: 60, hours: 0.5, interruptionsPerHour })),
    );
    expect(new Set(runs.map(({ messages }) => messages.arrived)).size).to.equal(1);
    expect(runs.map(({ interruptions }) => interruptions)).to.deep.equal(
      runs.map(({ interruptions }) => interruptions).toSorted((a, b) => a - b),
    );
    expect(runs[2]?.interruptions).to.be.greaterThan(10);
  });

  it('never lets messages wait longer with one task more', () => {
    const load = { messagesPerSecond: 40, hours: 0.5 };
    const waits = [7, 8, 9, 10, 12, 16].map((tasks) => simulate(fixedWorkers(tasks, load)).waits);
    for (const [index, { p50, p99, max }] of waits.slice(1).entries()) {
      const fewer = waits[index];
      expect(p50).to.be.at.most(fewer?.p50 ?? 0);
      expect(p99).to.be.at.most(fewer?.p99 ?? 0);
      expect(max).to.be.at.most(fewer?.max ?? 0);
    }
  });
});

describe('the simulation with numbers of processes', function () {
  this.timeout(600_000);

  it('is to the last digit that which follows each process, as long as no task stops', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        fc.constantFrom(0.4, 1, 5),
        (tasks, messagesPerSecond, seed, shape) => {
          const settings = fixedWorkers(tasks, { messagesPerSecond, hours: 0.1, seed });
          const shaped = { ...settings, worker: { ...settings.worker, shape } };
          expect(simulate(shaped)).to.deep.equal(simulate(shaped, followedProcesses));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('loses as much work and lets messages wait as long as that which follows each process, when tasks stop', () => {
    const meanOf = (processesOf: Parameters<typeof simulate>[1]) => {
      const runs = Array.from({ length: 30 }, (_, seed) => {
        const settings = simulatedWorkers({ messagesPerSecond: 45, hours: 0.5, seed, interruptionsPerHour: 8 });
        return simulate({ ...settings, timing: { ...settings.timing, withoutNoticeShare: 0.5 } }, processesOf);
      });
      const mean = (value: (result: SimulationResult) => number) =>
        runs.reduce((sum, result) => sum + value(result), 0) / runs.length;
      return {
        lost: mean(({ lostSeconds }) => lostSeconds),
        p99: mean(({ waits }) => waits.p99),
        usd: mean(({ usd }) => usd),
      };
    };
    const [numbers, followed] = [meanOf(undefined), meanOf(followedProcesses)];
    expect(followed.lost).to.be.greaterThan(50);
    for (const key of ['lost', 'p99', 'usd'] as const)
      expect(numbers[key], key).to.be.closeTo(followed[key], followed[key] * 0.1);
  });

  it('has waits as coarse as its clock, and otherwise the same', () => {
    const fine = fixedWorkers(5, { messagesPerSecond: 22, hours: 4 });
    const [coarse, exact] = [simulate({ ...fine, ticksPerSecond: 10 }), simulate(fine)];
    expect(coarse.waits.p99).to.be.closeTo(exact.waits.p99, 0.15 + exact.waits.p99 * 0.1);
  });
});

describe('what is lost with a spot instance', function () {
  this.timeout(600_000);

  const interrupted = (changed: (settings: SimulationSettings) => Partial<SimulationSettings>): SimulationResult => {
    const settings = simulatedWorkers(
      { messagesPerSecond: 40, hours: 1, interruptionsPerHour: 3 },
      { onDemandBase: 0 },
    );
    return simulate({ ...settings, ...changed(settings) });
  };

  it('is nothing if a notice comes first, because every message ends within the time to drain', () => {
    const { lostSeconds, interruptions } = interrupted(({ timing }) => ({
      timing: { ...timing, withoutNoticeShare: 0 },
    }));
    expect(interruptions).to.be.greaterThan(10);
    expect(lostSeconds).to.equal(0);
  });

  it('is the work on a message that takes longer than the time to drain', () => {
    const slow = interrupted(({ worker, timing }) => ({
      worker: { ...worker, kinds: [{ share: 1, seconds: 80 }], shape: 0.7 },
      timing: { ...timing, withoutNoticeShare: 0 },
      arrivals: () => 0.3,
    }));
    expect(slow.lostSeconds).to.be.greaterThan(90);
  });

  it('is what its processes did since they began if no notice comes, and their messages wait until the lease ends', () => {
    const { lostSeconds, interruptions, waits } = interrupted(({ timing, scaling }) => ({
      // More messages than ten tasks can do, so that all processes are busy: they have then worked for 0.8 s, the mean.
      arrivals: () => 60,
      scaling: { ...scaling, minTasks: 10, maxTasks: 10 },
      tasksAtStart: 10,
      timing: { ...timing, withoutNoticeShare: 1 },
    }));
    expect(lostSeconds / (interruptions * 4)).to.be.within(0.5, 1.1);
    expect(waits.max).to.be.at.least(20);
  });
});
