import { openImageProcesses } from '../../containers/worker/image-processes.ts';
import { give, prepareImageJobs } from './image-jobs.ts';

/** Keeps two image processes, of which one draws what never ends, until it is killed. Tells when that has begun. */
const processes = openImageProcesses({ processes: 2, memoryBytes: 1024 ** 3, timeoutSeconds: 60 });
const { quick, hanging } = await prepareImageJobs(process.argv[2] ?? '');
await give(processes, quick).ending;
await give(processes, hanging).begun;
process.send?.('begun');
