import { expect } from 'chai';
import { simulationOf } from '../../../../scripts/cost/simulation/environment-simulation.ts';
import { dev } from '../../../../stacks/environments/dev.ts';
import { prod } from '../../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../../stacks/environments/settings.ts';

/** Made-up prices, so that the order of the pools is not that of the real ones. */
const PRICES: Record<string, [onDemand: number, spot: number, interruptionBand: number]> = {
  'c5.xlarge': [0.2, 0.09, 1],
  'c5a.xlarge': [0.3, 0.08, 1],
  'c6a.xlarge': [0.4, 0.01, 4],
};
const prices = {
  instance(type: string) {
    const [onDemand, spot, interruptionBand] = PRICES[type] ?? [1, 1, 4];
    return { onDemand, spot, interruptionBand };
  },
};

const settingsOf = (settings: EnvironmentSettings, messagesPerSecond = 100) =>
  simulationOf({ settings, prices, messagesPerSecond, seed: 1, hours: 1, interruptionsPerHour: 0.05 });

describe('the simulated environment', () => {
  it('works as its tasks do: a process for each vCPU, two messages more in hand, one task for an instance', () => {
    const { worker, fleet } = settingsOf(prod);
    expect(worker).to.deep.equal({ processes: 4, concurrency: 6, secondsPerMessage: 0.2, shape: 1 });
    expect(fleet.tasksPerInstance).to.equal(1);
    const small = { ...prod, workers: { ...prod.workers, cpu: 2048, memory: 3392 } };
    expect(settingsOf(small).fleet.tasksPerInstance).to.equal(2);
  });

  it('takes the pools that are interrupted least, and of those the cheapest, in every zone, and the cheapest on demand', () => {
    const workers = { ...prod.workers, instanceTypes: Object.keys(PRICES) };
    const { pools, onDemandUsdPerHour } = settingsOf({ ...prod, workers }).fleet;
    expect(pools.map((rank) => rank.map(({ usdPerHour }) => usdPerHour))).to.deep.equal([
      [0.08, 0.08, 0.08],
      [0.09, 0.09, 0.09],
      [0.01, 0.01, 0.01],
    ]);
    expect(pools[0]?.map(({ name }) => name)).to.deep.equal(prod.network.zones.map((zone) => `c5a.xlarge in ${zone}`));
    expect(onDemandUsdPerHour).to.equal(0.2);
  });

  it('begins with the tasks that the load needs and a tenth more, within its limits', () => {
    expect(settingsOf(prod, 100).tasksAtStart).to.equal(22);
    expect(settingsOf(prod, 1).tasksAtStart).to.equal(prod.workers.minTasks);
    expect(settingsOf(prod, 10_000).tasksAtStart).to.equal(prod.workers.maxTasks);
  });

  it('starts a first task only where there may be none', () => {
    expect(settingsOf(prod).scaling.firstTask).to.equal(undefined);
    expect(settingsOf(dev).scaling.firstTask).to.include({ adjustmentType: 'ChangeInCapacity', adjustment: 1 });
  });

  it('is refused if a task does not fit an instance type', () => {
    const workers = { ...prod.workers, memory: 16_000 };
    expect(() => settingsOf({ ...prod, workers })).to.throw(/No task of 4096 CPU units and 16000 MiB fits c5\.xlarge/);
  });
});
