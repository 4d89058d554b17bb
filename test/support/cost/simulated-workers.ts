import fc from 'fast-check';
import { simulationOf } from '../../../scripts/cost/simulation/environment-simulation.ts';
import type { MessageLoad } from '../../../scripts/cost/simulation/message-load.ts';
import type { SimulationSettings } from '../../../scripts/cost/simulation/simulation-settings.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { WorkerSettings } from '../../../stacks/environments/settings.ts';
import { readPriceBook } from '../../../stacks/prices/price-book.ts';

interface Load {
  messagesPerSecond: number;
  hours: number;
  seed?: number;
  interruptionsPerHour?: number;
}

/** Messages that keep a process of production's workers busy for 0.8 seconds, as their rule supposes. */
export const loadOf = (messagesPerSecond: number): MessageLoad => ({
  messagesPerSecond,
  kinds: [{ share: 1, vcpuSeconds: 0.8 }],
});

/** The workers of production, with other settings if any, under a load. */
export function simulatedWorkers(
  { messagesPerSecond, hours, seed = 1, interruptionsPerHour = 0 }: Load,
  changed: Partial<WorkerSettings> = {},
): SimulationSettings {
  const settings = { ...prod, workers: { ...prod.workers, ...changed } };
  const prices = readPriceBook(prod.region);
  return simulationOf({ settings, prices, load: loadOf(messagesPerSecond), seed, hours, interruptionsPerHour });
}

/** Workers whose number never changes, each of which is an instance with so many processes. */
export function fixedWorkers(tasks: number, load: Load): SimulationSettings {
  const settings = simulatedWorkers(load, { minTasks: tasks, maxTasks: tasks, maxInstances: tasks });
  return { ...settings, tasksAtStart: tasks };
}

/** Short simulations of all kinds: idle and overloaded fleets, interruptions, droughts, starts from zero. */
export const SIMULATIONS: fc.Arbitrary<SimulationSettings> = fc
  .record({
    messagesPerSecond: fc.integer({ min: 0, max: 60 }),
    seed: fc.integer(),
    interruptionsPerHour: fc.constantFrom(0, 0.05, 5),
    maxTasks: fc.integer({ min: 1, max: 12 }),
    minTasks: fc.constantFrom(0, 1),
    onDemandBase: fc.integer({ min: 0, max: 3 }),
    onDemandPercent: fc.constantFrom(0, 30, 100),
    isDry: fc.boolean(),
    withoutNoticeShare: fc.constantFrom(0, 0.5),
    shape: fc.constantFrom(0.4, 1, 5),
  })
  .map(({ messagesPerSecond, seed, interruptionsPerHour, isDry, withoutNoticeShare, shape, ...workers }) => {
    const load = { messagesPerSecond, hours: 0.3, seed, interruptionsPerHour };
    const settings = simulatedWorkers(load, { ...workers, maxInstances: workers.maxTasks });
    const droughts = isDry ? [{ fromSecond: 300, toSecond: 600, pool: 'all' as const }] : [];
    return {
      ...settings,
      worker: { ...settings.worker, shape },
      spot: { interruptionsPerHour, droughts },
      timing: { ...settings.timing, withoutNoticeShare },
    };
  });
