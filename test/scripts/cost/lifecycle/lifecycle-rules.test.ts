import { expect } from 'chai';
import {
  abortDaysFor,
  readLifecycleRules,
  rulesForObject,
} from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import type { StorageSettings } from '../../../../stacks/environments/settings.ts';
import { storage } from '../../../support/stacks/storage.ts';

const KIB = 1024;

describe('the lifecycle rules of a synthesised bucket', () => {
  const rulesOf = (settings: Partial<StorageSettings> = {}) => readLifecycleRules(storage(settings));
  const changed = (rule: object) => ({
    resource: {
      aws_s3_bucket: { images: {} },
      aws_s3_bucket_lifecycle_configuration: {
        images: { bucket: `\${aws_s3_bucket.images.id}`, rule: [{ id: 'odd', status: 'Enabled', ...rule }] },
      },
    },
  });

  it('are those of the settings', () => {
    const rules = rulesOf({
      ...{ originalsTier: 'infrequent-access', originalsTierDays: 40, originalsGlacierDays: 120 },
      ...{ renditionsExpireDays: 45, noncurrentDays: 20, abortMultipartDays: 6 },
    });
    expect(rulesForObject(rules, 'originals/', 512 * KIB)).to.deep.equal({
      transitions: [
        { days: 40, to: 'STANDARD_IA' },
        { days: 120, to: 'GLACIER_IR' },
      ],
      ...{ expirationDays: undefined, noncurrentDays: 20, removesDeleteMarkers: true },
    });
    expect(rulesForObject(rules, 'renditions/', 512 * KIB)).to.deep.equal({
      transitions: [],
      ...{ expirationDays: 45, noncurrentDays: 1, removesDeleteMarkers: true },
    });
    expect(abortDaysFor(rules, 'originals/')).to.equal(6);
  });

  it('move only objects of more bytes than their filter says', () => {
    const transitions = (bytes: number) => rulesForObject(rulesOf(), 'originals/', bytes).transitions.length;
    expect([256 * KIB, 256 * KIB + 1].map(transitions)).to.deep.equal([0, 1]);
  });

  it('move nothing below 128 KiB if their filter says no size', () => {
    const transition = [{ days: 30, storage_class: 'STANDARD_IA' }];
    const sizes = (filter: object) => {
      const rules = readLifecycleRules(changed({ filter: [filter], transition }), 'images');
      return [1, 128 * KIB - 1, 128 * KIB].filter(
        (bytes) => rulesForObject(rules, 'originals/', bytes).transitions.length > 0,
      );
    };
    expect(sizes({ prefix: '' })).to.deep.equal([128 * KIB]);
    expect(sizes({ and: [{ prefix: '', object_size_greater_than: 0 }] })).to.deep.equal([1, 128 * KIB - 1, 128 * KIB]);
  });

  it('leave out those that are switched off', () => {
    expect(readLifecycleRules(changed({ status: 'Disabled', filter: [{ prefix: '' }] }), 'images').rules).to.be.empty;
  });

  it('let nothing stay for ever where versions are off', () => {
    const rules = readLifecycleRules(changed({ filter: [{ prefix: '' }] }), 'images');
    expect(rulesForObject(rules, 'originals/', 1).noncurrentDays).to.equal(undefined);
    expect(rulesForObject({ ...rules, versioned: true }, 'originals/', 1).noncurrentDays).to.equal(
      Number.POSITIVE_INFINITY,
    );
  });

  for (const [what, rule] of [
    ['moves objects to DEEP_ARCHIVE', { transition: [{ days: 90, storage_class: 'DEEP_ARCHIVE' }] }],
    ['moves objects on a date', { transition: [{ date: '2027-01-01', storage_class: 'STANDARD_IA' }] }],
    ['expires objects on a date', { expiration: [{ date: '2027-01-01' }] }],
    ['selects by tag', { filter: [{ and: [{ prefix: '', tags: { a: 'b' } }] }] }],
    ['moves noncurrent versions', { noncurrent_version_transition: [{ noncurrent_days: 30 }] }],
    ['keeps a number of noncurrent versions', { noncurrent_version_expiration: [{ newer_noncurrent_versions: 1 }] }],
  ] as const)
    it(`are refused when one ${what}`, () => {
      expect(() => readLifecycleRules(changed({ filter: [{ prefix: '' }], ...rule }), 'images')).to.throw(
        `rule odd ${what}`,
      );
    });

  it('are refused when one is for a part of the objects', () => {
    const rules = readLifecycleRules(changed({ filter: [{ prefix: 'originals/a' }] }), 'images');
    expect(() => rulesForObject(rules, 'originals/', 1)).to.throw('rule odd is for a part of originals/');
  });

  it('are refused for a bucket that the stack does not have', () => {
    expect(() => readLifecycleRules(changed({}), 'photos')).to.throw('no aws_s3_bucket.photos. Its buckets are images');
  });
});
