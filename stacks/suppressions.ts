import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { addStacks } from './all-stacks.ts';
import { suppressionsIn } from './checks/suppressions.ts';
import { ENVIRONMENTS } from './environments/all.ts';

// Lists all suppressed checks and acknowledged settings with their places and reasons: `node stacks/suppressions.ts`.
const outdir = mkdtempSync(join(tmpdir(), 'suppressions-'));
const app = new App({ outdir });
addStacks(app);
for (const { id, path, reason } of suppressionsIn(app)) console.log(`${id}  ${path}\n    ${reason}`);
for (const { name, acknowledged = {} } of ENVIRONMENTS)
  for (const [path, reason] of Object.entries(acknowledged)) console.log(`IMG-RNG-001  ${name} ${path}\n    ${reason}`);
rmSync(outdir, { recursive: true });
