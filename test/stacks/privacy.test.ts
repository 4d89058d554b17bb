import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { cacheControl } from '../../containers/download/cache-policy.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { TOMBSTONE_SECONDS } from '../../shared/contracts/table.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { UPLOAD_KEPT_SECONDS } from '../../shared/storage/upload-table.ts';
import { prod } from '../../stacks/environments/prod.ts';
import { ROOT } from '../house/source-files.ts';
import { all } from '../support/entrance.ts';
import { storage } from '../support/storage.ts';

const text = readFileSync(`${ROOT}docs/privacy.md`, 'utf8');
const DAY = 24 * 60 * 60;

/** The row of a table that begins so. */
function row(beginning: string): string {
  const found = text.split('\n').filter((line) => line.startsWith(`| ${beginning} |`));
  expect(found, beginning).to.have.length(1);
  return found[0] ?? '';
}

describe('what the documentation says of deleted images', () => {
  it('are the times of the service', () => {
    expect(row('tombstone')).to.include(`${TOMBSTONE_SECONDS / DAY} days`);
    expect(row('message to the workers')).to.include(`${QUEUE_TIMING.messageRetentionSeconds / DAY} days`);
    expect(row('`Idempotency-Key`')).to.include(`${LIMITS.idempotencySeconds / 3600} hours`);
    expect(row('count of open uploads')).to.include(`${LIMITS.uploadSeconds / DAY + 2} days`);
    expect(text).to.include(
      `the ${LIMITS.uploadSeconds / DAY} days that it may take and ${UPLOAD_KEPT_SECONDS / DAY} more`,
    );
  });

  it('are the times of the store and the table', () => {
    const { storage: settings, observability, network } = prod;
    const synthesised = storage();
    const [rules] = all(synthesised, 's3_bucket_lifecycle_configuration').map(({ rule }) => rule);
    const noncurrent = (id: string) =>
      rules.find((rule: { id: string }) => rule.id === id).noncurrent_version_expiration[0].noncurrent_days;
    expect(noncurrent('expire-noncurrent-originals')).to.equal(settings.noncurrentDays);
    expect(row('earlier versions in the bucket')).to.include(`${settings.noncurrentDays} days`);
    expect(text).to.include(`| | renditions | ${noncurrent('expire-renditions')} day |`);
    const [table] = all(synthesised, 'dynamodb_table');
    expect(row('backups of the table (point in time)')).to.include(
      `${table?.point_in_time_recovery.recovery_period_in_days} days`,
    );
    for (const log of ['requests of the services', 'workers', 'access logs of load balancer, CDN and bucket']) {
      expect(row(log)).to.include(`${observability.logDays} days`);
    }
    expect(row('flow logs of the network')).to.include(`${network.flowLogDays} days`);
  });

  it('are the times that caches are told', () => {
    const seconds = (policy: 'immutable' | 'named') =>
      [...cacheControl(policy, 'public').matchAll(/=(\d+)/g)].map(([, figure]) => Number(figure));
    expect(seconds('immutable')).to.deep.equal([365 * DAY]);
    const [fresh = 0, stale = 0] = seconds('named');
    expect([fresh, stale]).to.deep.equal([60, 600]);
    const minutes = (fresh + stale) / 60;
    expect(row('caches of browsers, and of others on the way')).to.include('a year').and.include(`${minutes} minutes`);
    expect(row('edges of the CDN')).to.include('a year').and.include('a minute').and.include('ten more');
  });
});
