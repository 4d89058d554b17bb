import { runApi } from '../../shared/services/run-service.ts';
import { startSyncUpload } from './service.ts';

/** Seconds for uploads under way when the service is told to end; inside ECS's longest stopTimeout of 120. */
const GRACE_SECONDS = 110;

await runApi('sync-upload', startSyncUpload, GRACE_SECONDS);
