import { ACTIONS } from './actions.ts';
import { ALLOWED } from './allowed.ts';
import { COMMANDS } from './commands.ts';
import { DEPLOYMENT } from './deployment.ts';
import type { Mistakes } from './mistake.ts';
import { PERMISSIONS } from './permissions.ts';
import { ROLES } from './roles.ts';
import { STRANGERS } from './strangers.ts';
import { SUITES } from './suites.ts';

export const MISTAKES: Mistakes = {
  ...ALLOWED,
  ...ACTIONS,
  ...PERMISSIONS,
  ...STRANGERS,
  ...COMMANDS,
  ...ROLES,
  ...DEPLOYMENT,
  ...SUITES,
};
