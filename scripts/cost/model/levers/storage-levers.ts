import { KEY_PREFIXES } from '../../../../shared/domain/object-key.ts';
import type { Stack, Values } from '../../../target-stack/synthesised-environment.ts';
import { editEach, type LeverRow, withStacks } from './lever.ts';

const LIFECYCLE = 'aws_s3_bucket_lifecycle_configuration';

const editImageRules = (storage: Stack, edit: (rules: Values[]) => boolean): boolean =>
  editEach(storage, LIFECYCLE, (values, name) => name.startsWith('image-bucket') && edit(values.rule));

/** Renditions are removed after so many days, sooner or later than now. */
const expireRenditions =
  (days: number, is: 'sooner' | 'later'): LeverRow['apply'] =>
  (input) =>
    withStacks(input, ({ storage }) =>
      editImageRules(storage, (rules) => {
        const rule = rules.find(({ id }) => id === 'expire-renditions');
        const [expiration] = rule?.expiration ?? [];
        if (!expiration || (is === 'sooner' ? expiration.days <= days : expiration.days >= days)) return false;
        expiration.days = days;
        return true;
      }),
    );

/** Moves originals to another class than now; `none` leaves them where they are. */
const tierOriginals =
  (transition: { days: number; storage_class: string } | 'none'): LeverRow['apply'] =>
  (input) =>
    withStacks(input, ({ storage }) =>
      editImageRules(storage, (rules) => {
        const before = rules.findIndex(({ transition: moves = [] }) => moves.length > 0);
        if (before < 0 && transition === 'none') return false;
        if (before >= 0) rules.splice(before, 1);
        if (transition !== 'none')
          rules.push({
            id: 'tier-originals',
            status: 'Enabled',
            filter: [{ and: [{ object_size_greater_than: 262_144, prefix: KEY_PREFIXES.originals }] }],
            transition: [transition],
          });
        return true;
      }),
    );

export const STORAGE_LEVERS: readonly LeverRow[] = [
  {
    change: 'Remove renditions after 30 days (storage.renditionsExpireDays)',
    risk: 'Whoever reads an older one waits until it is made again.',
    apply: expireRenditions(30, 'sooner'),
  },
  {
    change: 'Keep renditions for a year (storage.renditionsExpireDays)',
    risk: 'What nobody reads any more is stored for longer; but no original is read again for what somebody does read.',
    apply: expireRenditions(365, 'later'),
  },
  {
    change: 'Move originals to Infrequent Access after 30 days (storage.originalsTier)',
    risk: 'Reading one costs $0.01 a GB there, so that frequent reads cost more than is saved.',
    apply: tierOriginals({ days: 30, storage_class: 'STANDARD_IA' }),
  },
  {
    change: 'Move originals to Glacier Instant Retrieval after 90 days (storage.originalsGlacierDays)',
    risk: 'Reading one costs $0.03 a GB there, and one that is deleted within 90 days is paid for all of them.',
    apply: tierOriginals({ days: 90, storage_class: 'GLACIER_IR' }),
  },
  {
    change: 'Leave originals in S3 Standard (storage.originalsTier none)',
    risk: 'Originals that nobody reads for a month cost twice as much.',
    apply: tierOriginals('none'),
  },
];
