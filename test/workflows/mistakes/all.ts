import { ACTIONS } from './actions.ts';
import { COMMANDS } from './commands.ts';
import { DEPLOYMENT } from './deployment.ts';
import type { Mistakes } from './mistake.ts';
import { PERMISSIONS } from './permissions.ts';
import { ROLES } from './roles.ts';
import { STRANGERS } from './strangers.ts';
import { SUITES } from './suites.ts';

export const MISTAKES: Mistakes = {
  ...ACTIONS,
  ...PERMISSIONS,
  ...STRANGERS,
  ...COMMANDS,
  ...ROLES,
  ...DEPLOYMENT,
  ...SUITES,
};
