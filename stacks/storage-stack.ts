import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { namesOf } from '../shared/contracts/naming.ts';
import { createAwsProvider } from './constructs/aws-provider.ts';
import { createImageBucket } from './constructs/image-bucket.ts';
import { createImageReplication } from './constructs/image-replication.ts';
import { createImageTable } from './constructs/image-table.ts';
import { createLogBucket, needsLogBucket } from './constructs/log-bucket.ts';
import { PlainStack } from './constructs/plain-stack.ts';
import { createProcessingQueues } from './constructs/processing-queues.ts';
import { keepStateInBucket, stateKey } from './constructs/state-backend.ts';
import { createTableBackup } from './constructs/table-backup.ts';
import { placeOf } from './environments/place.ts';
import type { EnvironmentSettings } from './environments/settings.ts';

/** What must survive a bad deploy of everything else: images, their metadata, and work that waits. */
export class StorageStack extends PlainStack {
  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    const place = placeOf(settings);
    const names = namesOf(place);
    createAwsProvider(this, settings);
    keepStateInBucket(this, settings, stateKey(settings.name, 'storage'));
    const logBucket = needsLogBucket(settings) ? createLogBucket(this, settings) : undefined;
    const { originalsReplica, tableBackups, disposable } = settings.storage;
    const bucket = createImageBucket(this, { settings: settings.storage, names, logBucket });
    if (originalsReplica !== 'off') createImageReplication(this, { place, settings: originalsReplica, bucket });
    createImageTable(this, { settings: settings.storage, names });
    if (tableBackups !== 'off') createTableBackup(this, { place, settings: tableBackups, disposable });
    createProcessingQueues(this, place);
    // For people: stacks and services know these names without asking.
    new TerraformOutput(this, 'bucket', { value: names.bucket });
    new TerraformOutput(this, 'table', { value: names.table });
    new TerraformOutput(this, 'queue-url', { value: names.queueUrl });
    new TerraformOutput(this, 'dead-letter-queue-url', { value: names.deadLetterQueueUrl });
  }
}
