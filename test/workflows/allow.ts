import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { partsOf } from './checks/allowed.ts';
import { ALLOWED, readProject } from './project.ts';

// Writes what the workflows say into the table of what they may say: node test/workflows/allow.ts
const HEAD = `# What workflows and actions may say, part by part, without comments and without the commits of actions. A test compares it with what they say.
# They run with rights on AWS and at GitHub, and no list of known mistakes is complete. So each change of them also changes this file, which
# @example/security owns: read its difference, and ask of each line what a stranger, a failed step or an account of somebody else could make of it.
# After a change: node test/workflows/allow.ts
`;

writeFileSync(ALLOWED, HEAD + stringify(partsOf(readProject()), { lineWidth: 0, aliasDuplicateObjects: false }));
