import type { Instance } from './instance-group.ts';
import type { FleetSettings, SimulationSettings, SpotPool } from './simulation-settings.ts';

type Market = Pick<SimulationSettings, 'fleet' | 'spot'>;

/** The pools without capacity in a second. */
export function dryPools({ fleet, spot }: Market, second: number): ReadonlySet<SpotPool> {
  const droughts = spot.droughts.filter(({ fromSecond, toSecond }) => second >= fromSecond && second < toSecond);
  if (droughts.length === 0) return NONE;
  const pools = fleet.pools.flat();
  return new Set(pools.filter((_, index) => droughts.some(({ pool }) => pool === 'all' || pool === index)));
}

const NONE: ReadonlySet<SpotPool> = new Set();

/** The spot instances of each pool. */
export type PoolUse = Map<SpotPool, number>;

export function poolUseOf(instances: readonly Instance[]): PoolUse {
  const use: PoolUse = new Map();
  for (const { pool } of instances) if (pool) use.set(pool, (use.get(pool) ?? 0) + 1);
  return use;
}

/** The pool with fewest instances among those of the best rank that has capacity; undefined if all are dry. */
export function poolFor(use: PoolUse, { pools }: FleetSettings, dry: ReadonlySet<SpotPool>): SpotPool | undefined {
  const withCapacity = pools.map((rank) => rank.filter((pool) => !dry.has(pool)));
  const best = withCapacity.find((rank) => rank.length > 0) ?? [];
  return best.map((pool) => ({ pool, count: use.get(pool) ?? 0 })).sort((a, b) => a.count - b.count)[0]?.pool;
}
