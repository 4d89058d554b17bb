import type { Instance } from './instance-group.ts';
import type { SimulationSettings, SpotPool } from './simulation-settings.ts';

type Market = Pick<SimulationSettings, 'fleet' | 'spot'>;

export const isDry = (pool: SpotPool, { fleet, spot }: Market, second: number): boolean =>
  spot.droughts.some(
    ({ fromSecond, toSecond, pool: dry }) =>
      second >= fromSecond && second < toSecond && (dry === 'all' || fleet.pools.flat()[dry] === pool),
  );

/** The pool with fewest instances among those of the best rank that has capacity; undefined if all are dry. */
export function poolFor(instances: readonly Instance[], market: Market, second: number): SpotPool | undefined {
  const withCapacity = market.fleet.pools.map((rank) => rank.filter((pool) => !isDry(pool, market, second)));
  const best = withCapacity.find((rank) => rank.length > 0) ?? [];
  const used = (pool: SpotPool): number => instances.filter((instance) => instance.pool === pool).length;
  return best.map((pool) => ({ pool, count: used(pool) })).sort((a, b) => a.count - b.count)[0]?.pool;
}
