import type { Random } from './random-streams.ts';
import type { FleetSettings, SimulationSettings, SpotPool } from './simulation-settings.ts';
import { isDry, poolFor } from './spot-market.ts';

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
  lastLaunch: number;
  interruptions: number;
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
  lastLaunch: Number.NEGATIVE_INFINITY,
  interruptions: 0,
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
  const there = lastingOf(group);
  let onDemand = there.filter(({ pool }) => !pool).length;
  for (let missing = group.desired - there.length; missing > 0; missing -= 1) {
    const isSpot = onDemand >= onDemandOf(group.desired, group.settings.fleet);
    const pool = isSpot ? poolFor(group.instances, group.settings, second) : undefined;
    if (isSpot && !pool) return;
    if (!isSpot) onDemand += 1;
    launch(group, pool, second);
  }
}

/** The same numbers are drawn for every instance, so that runs with more or fewer interruptions stay comparable. */
function launch(group: InstanceGroup, pool: SpotPool | undefined, second: number): void {
  const { random, settings } = group;
  const { bootSeconds, withoutNoticeShare } = settings.timing;
  const boot = bootSeconds.least + random() * (bootSeconds.most - bootSeconds.least);
  const life = (-Math.log(1 - random()) * 3600) / settings.spot.interruptionsPerHour;
  group.instances.push({
    pool,
    launched: second,
    ready: second + Math.round(boot),
    interrupted: pool ? second + Math.ceil(life) : Number.POSITIVE_INFINITY,
    hasNotice: random() >= withoutNoticeShare,
    noticed: undefined,
    hasImage: false,
    tasks: 0,
  });
  group.lastLaunch = second;
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
  const due = lastingOf(group).filter(
    ({ pool, interrupted }) => pool && (interrupted <= second || isDry(pool, settings, second)),
  );
  group.interruptions += due.length;
  const noticed = due.filter(({ hasNotice }) => hasNotice);
  for (const instance of noticed) instance.noticed = second;
  const killed = due.filter(({ hasNotice }) => !hasNotice);
  const ended = group.instances.filter(
    ({ noticed: at }) => at !== undefined && at + settings.timing.noticeSeconds <= second,
  );
  return { noticed, ended, killed };
}

/** Takes instances away and adds what they cost until now. */
export function endInstances(group: InstanceGroup, gone: readonly Instance[], second: number): void {
  if (gone.length === 0) return;
  const { onDemandUsdPerHour } = group.settings.fleet;
  for (const { pool, launched } of gone) {
    const hours = (second - launched) / 3600;
    group.hours[pool ? 'spot' : 'onDemand'] += hours;
    group.usd += hours * (pool?.usdPerHour ?? onDemandUsdPerHour);
  }
  const left = new Set(gone);
  group.instances = group.instances.filter((instance) => !left.has(instance));
}
