import { accountNames } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import { planStatements } from './plan-permissions.ts';
import { platformStatements } from './platform-permissions.ts';
import type { Statement } from './policy-document.ts';
import { roleStatements } from './role-permissions.ts';
import { ENVIRONMENT_STATES } from './state-backend.ts';
import { storageStatements } from './storage-permissions.ts';

/** What an apply may do: look as a plan does, keep the state, and change what environments are made of. */
export const applyStatements = (account: Account): Statement[] => [
  ...planStatements(account),
  {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:DeleteObject'],
    Resource: `arn:aws:s3:::${accountNames(account).stateBucket}/${ENVIRONMENT_STATES}*`,
  },
  ...storageStatements(account),
  ...platformStatements(account),
  ...roleStatements(account),
];
