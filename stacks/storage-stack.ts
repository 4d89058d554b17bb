import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { namesOf } from '../shared/contracts/names.ts';
import { deploymentOf } from './environments/deployment.ts';
import type { EnvironmentSettings } from './environments/settings.ts';
import { createAwsProvider } from './foundation/aws-provider.ts';
import { PlainStack } from './foundation/plain-stack.ts';
import { keepStateInBucket, stateKey } from './foundation/state-backend.ts';
import { createAuditLog } from './storage/audit-log.ts';
import { createImageBucket } from './storage/image-bucket.ts';
import { createImageReplication } from './storage/image-replication.ts';
import { createImageTable } from './storage/image-table.ts';
import { createLogBucket, needsLogBucket } from './storage/log-bucket.ts';
import { createProcessingQueues } from './storage/processing-queues.ts';
import { createTableBackup } from './storage/table-backup.ts';

/** Everything that must survive a bad deployment of the platform: images, their metadata, queued work, and the trail of who did what. */
export class StorageStack extends PlainStack {
  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    const deployment = deploymentOf(settings);
    const names = namesOf(deployment);
    createAwsProvider(this, settings);
    keepStateInBucket(this, settings, stateKey(settings.name, 'storage'));
    const logBucket = needsLogBucket(settings) ? createLogBucket(this, settings) : undefined;
    const { originalsReplica, tableBackups, disposable } = settings.storage;
    const bucket = createImageBucket(this, {
      settings: settings.storage,
      corsOrigins: settings.api.corsOrigins,
      names,
      logBucket,
    });
    if (originalsReplica !== 'off') createImageReplication(this, { deployment, settings: originalsReplica, bucket });
    createImageTable(this, { settings: settings.storage, names });
    if (tableBackups !== 'off') createTableBackup(this, { deployment, settings: tableBackups, disposable });
    createProcessingQueues(this, deployment);
    createAuditLog(this, { settings, names });
    // The outputs are for people; stacks and services derive these names themselves.
    new TerraformOutput(this, 'bucket', { value: names.bucket });
    new TerraformOutput(this, 'table', { value: names.table });
    new TerraformOutput(this, 'queue-url', { value: names.queueUrl });
    new TerraformOutput(this, 'dead-letter-queue-url', { value: names.deadLetterQueueUrl });
  }
}
