import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { eventually } from '../eventually.ts';
import { give, prepareImageJobs } from './image-jobs.ts';

/**
 * Keeps two image processes until it is killed, of which one is busy: it draws what never ends, in threads of libvips, or with `blocked` does
 * what never ends in its only thread of JavaScript. Tells when that has begun.
 */
const [folder = '', isBlocked] = process.argv.slice(2);
const script = isBlocked && { script: fileURLToPath(new URL('blocking-image-process.ts', import.meta.url)) };
const processes = openImageProcessPool({ processes: 2, memoryBytes: 1024 ** 3, timeoutSeconds: 60, ...script });
const { quick, hanging } = await prepareImageJobs(folder);
await give(processes, quick).ending;
await give(processes, isBlocked ? { ...quick, isFirst: true } : hanging).begun;
if (isBlocked) await eventually('it blocks', () => existsSync(join(quick.folder, 'blocked')));
process.send?.('begun');
