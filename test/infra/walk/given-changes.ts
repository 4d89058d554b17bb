import type { Base } from './bases.ts';
import { COPY_CHANGES } from './copy-changes.ts';
import { EDGE_CHANGES } from './edge-changes.ts';
import { SERVICE_CHANGES } from './service-changes.ts';
import { STORAGE_CHANGES } from './storage-changes.ts';

/** Values of settings by their dotted paths; undefined removes a setting. */
export type Values = Record<string, unknown>;

/** A change that an operator might make to a setting. */
export interface Given {
  /** The base; `prod` by default. */
  from?: Base;
  set: Values;
  /** Further applies, because the change takes more than one. */
  then?: Values[];
  /** A title in place of the values, which say little or change with every run. */
  as?: string;
  /** An instruction for the operator. Every change that ends or replaces something must have one. */
  todo?: string;
  /** Applied although it ends nothing, because reverting it does. */
  bothWays?: boolean;
  /** Planned but not applied, because nobody should apply it. */
  planOnly?: boolean;
}

/** A setting that cannot be walked, and why. */
export interface Fixed {
  fixed: string;
}

const another = (what: string): Fixed => ({
  fixed: `Another ${what} makes it another environment, with its own names, state and data: create the new one, copy what must be kept, and tear this one down.`,
});

const OF_ACCOUNT =
  'It is part of names and ARNs everywhere: add an entry to `ACCOUNTS`, deploy its bootstrap, and create new environments there.';

/**
 * Other values of a setting where its type does not say them. By default a boolean is inverted, a number is increased by one, and every
 * other word is tried. A row for a setting replaces these.
 */
export const GIVEN: Record<string, Given[] | Fixed> = {
  name: another('name'),
  accountId: another('account'),
  region: another('region'),
  'tags.Owner': [{ set: { 'tags.Owner': 'others' } }],
  'tags.CostCenter': [{ set: { 'tags.CostCenter': 'others' } }],
  'observability.economyMode': [{ from: 'dev', set: { 'observability.economyMode': 'at-budget' }, bothWays: true }],
  'api.originalMetadata': [
    {
      set: {
        'api.originalMetadata': 'keep',
        acknowledged: { 'api.originalMetadata': 'whoever downloads them wants the names of photographers' },
      },
    },
    { set: { 'api.originalMetadata': 'strip-all' } },
  ],
  acknowledged: { fixed: 'It changes no resource, but only which values pass synth.' },
  'account.alarmEmails': [
    {
      from: 'account',
      set: { alarmEmails: ['others@example.com'] },
      todo: 'AWS sends nothing to the new address until its owner has followed the link in the confirmation mail.',
    },
  ],
  'account.accountId': { fixed: OF_ACCOUNT },
  'account.region': { fixed: OF_ACCOUNT },
  ...EDGE_CHANGES,
  ...SERVICE_CHANGES,
  ...STORAGE_CHANGES,
  ...COPY_CHANGES,
};
