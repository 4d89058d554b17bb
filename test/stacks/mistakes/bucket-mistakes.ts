import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { add, type Mistake, remove, set, setting, statement } from './mistake.ts';

const BUCKET = 'image-bucket';
const LIFECYCLE = 'image-bucket-lifecycle';
const UPLOAD_DAYS = LIMITS.uploadSeconds / (24 * 60 * 60);

const abort = { abort_incomplete_multipart_upload: [{ days_after_initiation: UPLOAD_DAYS + 1 }] };
const noncurrent = { noncurrent_version_expiration: [{ noncurrent_days: 30 }] };
const originals = { filter: [{ prefix: KEY_PREFIXES.originals }] };
const renditions = { filter: [{ prefix: KEY_PREFIXES.renditions }] };
const everything = { filter: [{ prefix: '' }] };
const expire = (days: number) => ({ expiration: [{ days }] });
const moves = (...moves: [to: string, days: number][]) => ({
  transition: moves.map(([storage_class, days]) => ({ storage_class, days })),
});

const onlyRule = (members: object) => set(LIFECYCLE, 'rule', [{ id: 'only', status: 'Enabled', ...members }]);
/** Adds a rule to those that must always exist. */
const rule = (members: object) =>
  set(LIFECYCLE, 'rule', [
    { id: 'always', status: 'Enabled', ...everything, ...abort, ...noncurrent },
    { id: 'own', status: 'Enabled', ...members },
  ]);

const early = [setting('storage.originalsTier', 'infrequent-access'), setting('storage.originalsTierDays', 10)];
const browser = setting('api.corsOrigins', ['https://a.example']);
const publish = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Condition: {} };
const bucket = `\${aws_s3_bucket.${BUCKET}.id}`;
const again = { bucket, rule: [{ id: 'again', status: 'Enabled' }] };

export const BUCKET_MISTAKES: Mistake[] = [
  ['originals in infrequent access after 10 days', 'IMG-LIFE-001', ...early],
  ['one-zone storage after 10 days', 'IMG-LIFE-001', rule({ ...originals, ...moves(['ONEZONE_IA', 10]) })],
  ['Glacier too soon', 'IMG-LIFE-002', rule({ ...originals, ...moves(['STANDARD_IA', 30], ['GLACIER_IR', 50]) })],
  ['Glacier first', 'IMG-LIFE-002', rule({ ...originals, ...moves(['GLACIER_IR', 30], ['STANDARD_IA', 90]) })],
  ['unfinished uploads that are never removed', 'IMG-LIFE-003', onlyRule({ ...everything, ...noncurrent })],
  ['uploads removed while they are in progress', 'IMG-LIFE-004', setting('storage.abortMultipartDays', UPLOAD_DAYS)],
  ['a rule for keys that are never written', 'IMG-LIFE-005', rule({ filter: [{ prefix: 'thumbs/' }], ...expire(30) })],
  ['originals that expire', 'IMG-LIFE-006', rule({ ...originals, ...expire(365) })],
  ['everything that expires', 'IMG-LIFE-006', rule({ ...everything, ...expire(365) })],
  [
    'expiry on the day of a transition',
    'IMG-LIFE-007',
    rule({ ...renditions, ...moves(['STANDARD_IA', 60]), ...expire(60) }),
  ],
  ['renditions in infrequent access', 'IMG-LIFE-008', rule({ ...renditions, ...moves(['STANDARD_IA', 60]) })],
  ['versions kept for ever', 'IMG-LIFE-009', onlyRule({ ...everything, ...abort })],
  ['a bucket without a public access block', 'IMG-S3-001', remove(`${BUCKET}-public-access`)],
  ['a bucket that allows public policies', 'IMG-S3-001', set(`${BUCKET}-public-access`, 'block_public_policy', false)],
  [
    'an additional bucket without protection',
    'IMG-S3-001',
    add((stack) => new S3Bucket(stack, 'more', { bucket: 'more' })),
  ],
  ['a bucket that allows plain HTTP', 'IMG-S3-002', statement(`${BUCKET}-policy`, 'policy', 0, { Condition: {} })],
  [
    'a bucket whose objects may be read by plain HTTP',
    'IMG-S3-002',
    statement(`${BUCKET}-policy`, 'policy', 0, { Resource: 'arn:aws:s3:::image-service-prod-images-111122223333' }),
  ],
  ['a bucket without a policy', 'IMG-S3-002', remove(`${BUCKET}-policy`)],
  ['images that everybody may read', 'IMG-S3-003', statement(`${BUCKET}-policy`, 'policy', 1, publish)],
  ['ACLs on images', 'IMG-S3-004', set(`${BUCKET}-ownership`, 'rule', { object_ownership: 'ObjectWriter' })],
  ['originals without versions', 'IMG-S3-005', remove(`${BUCKET}-versioning`)],
  ['images that terraform destroy deletes', 'IMG-S3-006', set(BUCKET, 'force_destroy', true)],
  [
    'two lifecycles of one bucket',
    'IMG-S3-007',
    add((stack) => new S3BucketLifecycleConfiguration(stack, 'again', again)),
  ],
  ['ETags hidden from browsers', 'IMG-S3-008', browser, set(`${BUCKET}-cors`, 'cors_rule.0.expose_headers', [])],
];
