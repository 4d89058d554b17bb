import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { eventually } from '../eventually.ts';
import { give, prepareImageJobs } from './image-jobs.ts';

/**
 * Runs two image processes until it is killed. One of them is busy for ever: it draws in threads of libvips, or with `blocked` it loops in
 * its JavaScript thread. Reports to its parent when that has begun.
 */
const [folder = '', isBlocked] = process.argv.slice(2);
const script = isBlocked && { script: fileURLToPath(new URL('blocking-image-process.ts', import.meta.url)) };
const processes = openImageProcessPool({ processes: 2, memoryBytes: 1024 ** 3, timeoutSeconds: 60, ...script });
const { quick, hanging } = await prepareImageJobs(folder);
await give(processes, quick).ending;
await give(processes, isBlocked ? { ...quick, isFirst: true } : hanging).begun;
if (isBlocked) await eventually('it blocks', () => existsSync(join(quick.folder, 'blocked')));
process.send?.('begun');
