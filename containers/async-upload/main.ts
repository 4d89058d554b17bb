import { runApi } from '../../shared/services/run-service.ts';
import { startAsyncUpload } from './service.ts';

/** Seconds for parts and completions under way when the service is told to end; inside ECS's longest stopTimeout of 120. */
const GRACE_SECONDS = 110;

await runApi('async-upload', startAsyncUpload, GRACE_SECONDS);
