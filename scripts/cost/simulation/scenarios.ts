import type { WorkerSettings } from '../../../stacks/environments/settings.ts';
import type { Drought, SimulationSettings } from './simulation-settings.ts';

/** What happens to a fleet that has run quietly until then. */
export interface Scenario {
  title: string;
  /** The share of spot instances that is interrupted in an hour. */
  interruptionsPerHour: number;
  droughts?: readonly Drought[];
  /** The load from `EVENT_SECOND` on, for `BURST_SECONDS`, as a multiple. */
  burst?: number;
  /** Whether no task and no instance runs at first, and none has to. */
  fromZero?: boolean;
  /** Whether it is what is expected on most days. */
  isUsual?: boolean;
  /** Whether shares on demand are compared in it also for very many messages. */
  comparesPurchases?: boolean;
}

/** The hours of every scenario, and the second in which its event begins: the first hour shows the fleet at rest, the last how it recovers. */
export const SCENARIO_HOURS = 3;
const EVENT_SECOND = 3600;
const BURST_SECONDS = 60;

/**
 * The interruptions an hour that scenarios assume, of 100 spot instances. That is far more than AWS reports: the bands of its Spot Instance
 * Advisor begin at less than 5 % and end above 20 % a month (https://aws.amazon.com/ec2/spot/instance-advisor/).
 */
const INTERRUPTIONS_PER_HOUR = 0.05;

const drought = (pool: Drought['pool']): readonly Drought[] => [
  { fromSecond: EVENT_SECOND, toSecond: EVENT_SECOND + 3600, pool },
];

export const SCENARIOS: readonly Scenario[] = [
  { title: 'calm', interruptionsPerHour: 0 },
  {
    title: 'interruptions of 5 % an hour',
    interruptionsPerHour: INTERRUPTIONS_PER_HOUR,
    isUsual: true,
    comparesPurchases: true,
  },
  { title: 'interruptions of 20 % an hour', interruptionsPerHour: 0.2 },
  { title: 'one pool dry for an hour', interruptionsPerHour: INTERRUPTIONS_PER_HOUR, droughts: drought(0) },
  {
    title: 'all pools dry for an hour',
    interruptionsPerHour: INTERRUPTIONS_PER_HOUR,
    droughts: drought('all'),
    comparesPurchases: true,
  },
  { title: 'a burst of 100 times for a minute', interruptionsPerHour: INTERRUPTIONS_PER_HOUR, burst: 100 },
  { title: 'from zero', interruptionsPerHour: INTERRUPTIONS_PER_HOUR, fromZero: true },
];

/** A share of instances on demand. */
interface Purchase {
  title: string;
  change: Partial<Pick<WorkerSettings, 'onDemandBase' | 'onDemandPercent'>>;
  isAsSet?: boolean;
}

export const AS_SET = 'as set';

export const PURCHASES: readonly Purchase[] = [
  { title: 'none', change: { onDemandBase: 0, onDemandPercent: 0 } },
  { title: AS_SET, change: {}, isAsSet: true },
  { title: '50 %', change: { onDemandPercent: 50 } },
];

/** The settings of a simulation with what happens in a scenario. */
export function withScenario(
  settings: SimulationSettings,
  { burst = 1, droughts = [], ...scenario }: Scenario,
): SimulationSettings {
  const isBurst = (second: number): boolean => second >= EVENT_SECOND && second < EVENT_SECOND + BURST_SECONDS;
  return {
    ...settings,
    arrivals: (second) => settings.arrivals(second) * (isBurst(second) ? burst : 1),
    spot: { interruptionsPerHour: scenario.interruptionsPerHour, droughts },
    ...(scenario.fromZero && { tasksAtStart: 0 }),
  };
}
