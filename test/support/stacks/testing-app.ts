import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Testing } from 'cdktf';

/** One folder for all apps of this process. `Testing.app` would create one for each and leave it behind. */
const outdir = mkdtempSync(join(tmpdir(), 'image-service-app-'));
process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));

/** An app whose stacks are synthesised to objects, not to files. */
export const testingApp = (): App => Testing.app({ outdir });
