import type { Random } from './random-streams.ts';
import type { FleetSettings, SimulationSettings, SpotPool } from './simulation-settings.ts';
import { dryPools, poolFor, poolUseOf } from './spot-market.ts';

export interface Instance {
  /** Undefined if it is on demand. */
  pool: SpotPool | undefined;
  launched: number;
  /** The second from which it takes tasks. */
  ready: number;
  /** The second in which it will be interrupted, and whether a notice comes before. */
  interrupted: number;
  hasNotice: boolean;
  /** The second of the notice; from then on it takes no tasks. */
  noticed: number | undefined;
  hasImage: boolean;
  /** The number of tasks on it, also of those that start or drain. */
  tasks: number;
}

/** An auto scaling group of spot and on-demand instances, which replaces a spot instance when it gets its notice. */
export interface InstanceGroup {
  readonly settings: SimulationSettings;
  readonly random: Random;
  instances: Instance[];
  desired: number;
  /** The next second in which an instance is interrupted or ends, if no pool dries up before. */
  nextInterruption: number;
  interruptions: number;
  /** Instances that are there but have notice. */
  noticed: number;
  readonly hours: { spot: number; onDemand: number };
  usd: number;
}

/** Spot instances to which something happens in a second. */
export interface Interruptions {
  noticed: readonly Instance[];
  /** Those that are gone: the first after their notice, the second without one. */
  ended: readonly Instance[];
  killed: readonly Instance[];
}

export const createInstanceGroup = (settings: SimulationSettings, random: Random): InstanceGroup => ({
  settings,
  random,
  instances: [],
  desired: 0,
  nextInterruption: Number.POSITIVE_INFINITY,
  interruptions: 0,
  noticed: 0,
  hours: { spot: 0, onDemand: 0 },
  usd: 0,
});

/** The instances that are there or starting, without those that have notice. */
export const lastingOf = ({ instances }: InstanceGroup): Instance[] =>
  instances.filter(({ noticed }) => noticed === undefined);

/** The number of instances that are on demand when so many are wanted; a part of one counts as a whole. */
export const onDemandOf = (
  wanted: number,
  { onDemandBase: base, onDemandPercent: percent }: Pick<FleetSettings, 'onDemandBase' | 'onDemandPercent'>,
): number => Math.min(wanted, base) + Math.ceil((Math.max(0, wanted - base) * percent) / 100);

/** Launches what is missing, as far as there is capacity. */
export function fillGroup(group: InstanceGroup, second: number): void {
  // Most of the time nothing is missing, and to count those that last takes long.
  if (group.instances.length - group.noticed >= group.desired) return;
  const there = lastingOf(group);
  const use = poolUseOf(group.instances);
  const dry = dryPools(group.settings, second);
  let onDemand = there.filter(({ pool }) => !pool).length;
  for (let missing = group.desired - there.length; missing > 0; missing -= 1) {
    const isSpot = onDemand >= onDemandOf(group.desired, group.settings.fleet);
    const pool = isSpot ? poolFor(use, group.settings.fleet, dry) : undefined;
    if (isSpot && !pool) return;
    if (pool) use.set(pool, (use.get(pool) ?? 0) + 1);
    else onDemand += 1;
    launch(group, pool, second);
  }
}

/** The same numbers are drawn for every instance, so that runs with more or fewer interruptions stay comparable. */
function launch(group: InstanceGroup, pool: SpotPool | undefined, second: number): void {
  const { random, settings } = group;
  const { bootSeconds, withoutNoticeShare } = settings.timing;
  const boot = bootSeconds.least + random() * (bootSeconds.most - bootSeconds.least);
  const life = (-Math.log(1 - random()) * 3600) / settings.spot.interruptionsPerHour;
  const interrupted = pool ? second + Math.ceil(life) : Number.POSITIVE_INFINITY;
  group.nextInterruption = Math.min(group.nextInterruption, interrupted);
  group.instances.push({
    pool,
    launched: second,
    ready: second + Math.round(boot),
    interrupted,
    hasNotice: random() >= withoutNoticeShare,
    noticed: undefined,
    hasImage: false,
    tasks: 0,
  });
}

/** Ends instances without tasks until no more than wanted are left, the newest first, and on demand only what exceeds its share. */
export function removeEmpty(group: InstanceGroup, second: number): void {
  const lasting = lastingOf(group);
  const onDemand = lasting.filter(({ pool }) => !pool).length;
  const empty = lasting.filter(({ tasks }) => tasks === 0).reverse();
  const surplusOnDemand = Math.max(0, onDemand - onDemandOf(group.desired, group.settings.fleet));
  const removable = [
    ...empty.filter(({ pool }) => !pool).slice(0, surplusOnDemand),
    ...empty.filter(({ pool }) => pool),
  ];
  endInstances(group, removable.slice(0, Math.max(0, lasting.length - group.desired)), second);
}

/** Interrupts whose time has come, and all of a dry pool; returns what happens to the group's spot instances in this second. */
export function interrupt(group: InstanceGroup, second: number): Interruptions {
  const { settings } = group;
  const dry = dryPools(settings, second);
  if (second < group.nextInterruption && dry.size === 0) return { noticed: [], ended: [], killed: [] };
  const due = lastingOf(group).filter(({ pool, interrupted }) => pool && (interrupted <= second || dry.has(pool)));
  group.interruptions += due.length;
  const noticed = due.filter(({ hasNotice }) => hasNotice);
  for (const instance of noticed) instance.noticed = second;
  group.noticed += noticed.length;
  const killed = due.filter(({ hasNotice }) => !hasNotice);
  const endOf = ({ noticed: at, interrupted }: Instance): number =>
    at === undefined ? interrupted : at + settings.timing.noticeSeconds;
  const ended = group.instances.filter((instance) => instance.noticed !== undefined && endOf(instance) <= second);
  const gone = new Set([...ended, ...killed]);
  group.nextInterruption = Number.POSITIVE_INFINITY;
  for (const instance of group.instances)
    if (!gone.has(instance)) group.nextInterruption = Math.min(group.nextInterruption, endOf(instance));
  return { noticed, ended, killed };
}

/** Takes instances away and adds what they cost until now. */
export function endInstances(group: InstanceGroup, gone: readonly Instance[], second: number): void {
  if (gone.length === 0) return;
  const { onDemandUsdPerHour } = group.settings.fleet;
  for (const { pool, launched, noticed } of gone) {
    if (noticed !== undefined) group.noticed -= 1;
    const hours = (second - launched) / 3600;
    group.hours[pool ? 'spot' : 'onDemand'] += hours;
    group.usd += hours * (pool?.usdPerHour ?? onDemandUsdPerHour);
  }
  const left = new Set(gone);
  group.instances = group.instances.filter((instance) => !left.has(instance));
}
