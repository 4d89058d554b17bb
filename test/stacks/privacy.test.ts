import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { cacheControl } from '../../containers/download/cache-control.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { TOMBSTONE_SECONDS } from '../../shared/contracts/table.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { UPLOAD_KEPT_SECONDS } from '../../shared/storage/table/upload-table.ts';
import { findingsOf } from '../../stacks/checks/check.ts';
import { COPY_SETTINGS_CHECKS } from '../../stacks/checks/storage/copy-settings-checks.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { prod } from '../../stacks/environments/prod.ts';
import { ROOT } from '../house/source-files.ts';
import { COPIES } from '../support/stacks/copies.ts';
import { all } from '../support/stacks/entrance.ts';
import { storage } from '../support/stacks/storage.ts';

const text = readFileSync(`${ROOT}docs/privacy.md`, 'utf8');
const DAY = 24 * 60 * 60;

/** The row of a table whose first cell is given. */
function row(beginning: string): string {
  const found = text.split('\n').filter((line) => line.startsWith(`| ${beginning} |`));
  expect(found, beginning).to.have.length(1);
  return found[0] ?? '';
}

describe('docs/privacy.md', () => {
  it('states the times of the services', () => {
    expect(row('tombstone')).to.include(`${TOMBSTONE_SECONDS / DAY} days`);
    expect(row('message to the workers')).to.include(`${QUEUE_TIMING.messageRetentionSeconds / DAY} days`);
    expect(row('`Idempotency-Key`')).to.include(`${LIMITS.idempotencySeconds / 3600} hours`);
    expect(row('count of open uploads')).to.include(`${LIMITS.uploadSeconds / DAY + 2} days`);
    expect(text).to.include(
      `the ${LIMITS.uploadSeconds / DAY} days that it may take and ${UPLOAD_KEPT_SECONDS / DAY} more`,
    );
  });

  it('states the times of bucket, table and logs', () => {
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
    expect(row('audit trail')).to.include(`${observability.auditDays} days`);
    expect(row('flow logs of the network')).to.include(`${network.flowLogDays} days`);
  });

  it('promises a deadline that every environment keeps and synth enforces', () => {
    for (const { storage: settings } of ENVIRONMENTS)
      expect(settings.forgottenDays).to.be.at.most(prod.storage.forgottenDays);
    expect(text).to.include(
      `no later than ${prod.storage.forgottenDays} days after the deletion (\`storage.forgottenDays\`)`,
    );
    const copies = [row('replica in another account, where `storage.originalsReplica` is on')];
    copies.push(row('backups of the table, where `storage.tableBackups` is on, and their copies in another account'));
    const bounded = ['originalsReplica.noncurrentDays', 'originalsReplica.lockedDays', 'tableBackups.keptDays'];
    for (const setting of bounded) {
      expect(copies.join(), setting).to.include(`\`${setting.split('.')[1]}\``);
      const [group = '', name = ''] = setting.split('.');
      const own = { ...COPIES[group as keyof typeof COPIES], [name]: prod.storage.forgottenDays + 1 };
      const late = { ...prod, storage: { ...prod.storage, [group]: own } };
      const found = COPY_SETTINGS_CHECKS.flatMap((check) => findingsOf(check.find(late)));
      expect(found.join(), setting).to.include(`storage.${setting} keeps ${prod.storage.forgottenDays + 1} days`);
    }
  });

  it('states the times of Cache-Control', () => {
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
