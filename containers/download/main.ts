import { runApi } from '../../shared/services/run-service.ts';
import { startDownload } from './service.ts';

/** Seconds that downloads in progress have left when the service is told to stop. */
const GRACE_SECONDS = 30;

await runApi('download', startDownload, GRACE_SECONDS);
