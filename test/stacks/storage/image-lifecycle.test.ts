import { expect } from 'chai';
import { namesOf } from '../../../shared/contracts/names.ts';
import type { ImageId } from '../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { KEY_PREFIXES, originalKey, RECEIVED_DAYS, renditionsPrefix } from '../../../shared/domain/object-key.ts';
import type { StorageSettings } from '../../../stacks/environments/settings.ts';
import { type Arguments, DEPLOYMENT } from '../../support/stacks/entrance.ts';
import { ofBucket, storage } from '../../support/stacks/storage.ts';

const NAMES = namesOf(DEPLOYMENT);
const IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11' as ImageId;

describe('the lifecycle of the image bucket', () => {
  const rulesOf = (settings: Partial<StorageSettings> = {}): Arguments[] =>
    ofBucket(storage(settings), 's3_bucket_lifecycle_configuration', NAMES.bucket)?.rule;
  const prefixOf = ({ filter: [filter] }: Arguments): string => filter.and?.[0].prefix ?? filter.prefix;
  const transitionsOf = (rules: Arguments[]) => rules.flatMap(({ transition = [] }) => transition);
  const ruleWith = (rules: Arguments[], action: string, key: string) =>
    rules.filter((rule) => rule[action] && key.startsWith(prefixOf(rule)));

  it('has rules with unique ids', () => {
    const rules = rulesOf();
    expect(new Set(rules.map(({ id }) => id)).size).to.equal(rules.length);
  });

  it('never expires originals, expires renditions when the settings say, and what was received when no upload can need it', () => {
    const expiring = (rules: Arguments[]) =>
      rules
        .filter(({ expiration }) => expiration?.[0].days !== undefined)
        .map((rule) => [prefixOf(rule), rule.expiration[0].days]);
    const prefix = renditionsPrefix(IMAGE_ID).split(IMAGE_ID)[0];
    expect(expiring(rulesOf({ renditionsExpireDays: 45 }))).to.deep.equal([
      [prefix, 45],
      [KEY_PREFIXES.received, RECEIVED_DAYS],
    ]);
    expect(expiring(rulesOf({ renditionsExpireDays: 0 }))).to.deep.equal([[KEY_PREFIXES.received, RECEIVED_DAYS]]);
    expect(RECEIVED_DAYS * 24 * 3600).to.be.above(LIMITS.uploadSeconds);
  });

  const TIERS: [settings: Partial<StorageSettings>, transitions: [number, string][]][] = [
    [{ originalsTier: 'none', originalsGlacierDays: 0 }, []],
    [{ originalsTier: 'intelligent-tiering', originalsTierDays: 0 }, [[0, 'INTELLIGENT_TIERING']]],
    [{ originalsTier: 'infrequent-access', originalsTierDays: 30 }, [[30, 'STANDARD_IA']]],
    [
      { originalsTier: 'infrequent-access', originalsTierDays: 30, originalsGlacierDays: 90 },
      [
        [30, 'STANDARD_IA'],
        [90, 'GLACIER_IR'],
      ],
    ],
    [{ originalsTier: 'none', originalsGlacierDays: 120 }, [[120, 'GLACIER_IR']]],
  ];

  for (const [settings, transitions] of TIERS) {
    it(`moves originals ${transitions.map(([days, to]) => `at ${days} days to ${to}`).join(', ') || 'nowhere'}`, () => {
      const rules = rulesOf(settings);
      expect(transitionsOf(rules).map(({ days, storage_class }) => [days, storage_class])).to.deep.equal(transitions);
      const moved = rules.filter(({ transition }) => transition);
      expect(moved.every((rule) => originalKey(IMAGE_ID).startsWith(prefixOf(rule)) && prefixOf(rule) !== '')).to.equal(
        true,
      );
    });
  }

  it('removes every noncurrent version, even the last one, and its delete marker', () => {
    const rules = rulesOf({ noncurrentDays: 12 });
    for (const key of [originalKey(IMAGE_ID), renditionsPrefix(IMAGE_ID)]) {
      const [rule] = ruleWith(rules, 'noncurrent_version_expiration', key);
      expect(rule?.noncurrent_version_expiration[0]).to.have.keys('noncurrent_days');
    }
    const [originals] = ruleWith(rules, 'noncurrent_version_expiration', originalKey(IMAGE_ID));
    expect(originals?.noncurrent_version_expiration[0].noncurrent_days).to.equal(12);
    expect(rules.some(({ expiration }) => expiration?.[0].expired_object_delete_marker)).to.equal(true);
  });
});
