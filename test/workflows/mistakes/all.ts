import { ACTIONS } from './actions.ts';
import { ALLOWED } from './allowed.ts';
import { COMMANDS } from './commands.ts';
import { DEPLOYMENT } from './deployment.ts';
import { KNOWN } from './known.ts';
import type { Mistakes } from './mistake.ts';
import { PERMISSIONS } from './permissions.ts';
import { ROLES } from './roles.ts';
import { STRANGERS } from './strangers.ts';
import { SUITES } from './suites.ts';

/** Mistakes of one check may stand in several tables. */
export const MISTAKES: Mistakes = {};
for (const table of [ALLOWED, ACTIONS, PERMISSIONS, STRANGERS, COMMANDS, ROLES, DEPLOYMENT, SUITES, KNOWN])
  for (const [title, mistakes] of Object.entries(table)) MISTAKES[title] = { ...MISTAKES[title], ...mistakes };
