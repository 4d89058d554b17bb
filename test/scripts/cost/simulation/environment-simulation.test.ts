import { expect } from 'chai';
import { simulationOf } from '../../../../scripts/cost/simulation/environment-simulation.ts';
import { dev } from '../../../../stacks/environments/dev.ts';
import { prod } from '../../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../../stacks/environments/settings.ts';
import { loadOf } from '../../../support/cost/simulated-workers.ts';

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
  simulationOf({ settings, prices, load: loadOf(messagesPerSecond), seed: 1, hours: 1, interruptionsPerHour: 0.05 });

describe('the simulated environment', () => {
  it('works as its tasks do: a process for each vCPU, two messages more in hand, one task for an instance', () => {
    const { worker, fleet } = settingsOf(prod);
    const kinds = [{ share: 1, seconds: 0.8 }];
    expect(worker).to.deep.equal({ processes: 4, concurrency: 6, kinds, shape: 1 });
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

  it('takes longer for a message where processes share a vCPU, and less where they have more than one', () => {
    const ofTask = (cpu: number, memory: number) =>
      settingsOf({ ...prod, workers: { ...prod.workers, cpu, memory } }).worker;
    expect(ofTask(4096, 3392)).to.deep.include({ processes: 2, kinds: [{ share: 1, seconds: 0.4 }] });
    expect(ofTask(512, 3392)).to.deep.include({ processes: 1, kinds: [{ share: 1, seconds: 1.6 }] });
  });

  it('has a coarser clock for very many messages', () => {
    expect([settingsOf(prod, 2000), settingsOf(prod, 2001)].map(({ ticksPerSecond }) => ticksPerSecond)).to.deep.equal([
      100, 10,
    ]);
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
