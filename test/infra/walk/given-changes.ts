import type { Base } from './bases.ts';
import { COPY_CHANGES } from './copy-changes.ts';
import { EDGE_CHANGES } from './edge-changes.ts';
import { SERVICE_CHANGES } from './service-changes.ts';
import { STORAGE_CHANGES } from './storage-changes.ts';

/** Values of settings by their dotted paths; undefined takes one away. */
export type Values = Record<string, unknown>;

/** What somebody might do to a setting. */
export interface Given {
  /** `prod` if not told. */
  from?: Base;
  set: Values;
  /** Applies that follow this one, because it cannot be done in one. */
  then?: Values[];
  /** In place of the values, which say little or change with every run. */
  as?: string;
  /** What the operator is to know or to do. Whatever ends or replaces something must have it. */
  todo?: string;
  /** Applied although nothing is ended by it, because something is by the way back. */
  bothWays?: boolean;
  /** Looked at and not applied: nobody should. */
  planOnly?: boolean;
}

/** A setting that nothing else can be walked to: what it is instead. */
export interface Fixed {
  fixed: string;
}

const another = (what: string): Fixed => ({
  fixed: `Another ${what} is another environment, with names, a state and data of its own: make one beside this, copy what is to be kept, tear this down.`,
});

const OF_ACCOUNT =
  'Names and ARNs everywhere are of it: add an entry to `ACCOUNTS`, deploy it, and make new environments there.';

/**
 * What else a setting may be, where its type does not say: a boolean is turned over, a number goes up by one, and of words each other one is tried. A row
 * for one setting takes the place of those.
 */
export const GIVEN: Record<string, Given[] | Fixed> = {
  name: another('name'),
  accountId: another('account'),
  region: another('region'),
  'tags.Owner': [{ set: { 'tags.Owner': 'others' } }],
  'tags.CostCenter': [{ set: { 'tags.CostCenter': 'others' } }],
  acknowledged: { fixed: 'It changes nothing but what synth lets pass.' },
  'account.alarmEmails': [
    {
      from: 'account',
      set: { alarmEmails: ['others@example.com'] },
      todo: 'The new address is told nothing until the link in AWS’s mail was followed.',
    },
  ],
  'account.accountId': { fixed: OF_ACCOUNT },
  'account.region': { fixed: OF_ACCOUNT },
  ...EDGE_CHANGES,
  ...SERVICE_CHANGES,
  ...STORAGE_CHANGES,
  ...COPY_CHANGES,
};
