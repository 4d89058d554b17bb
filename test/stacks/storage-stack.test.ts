import { expect } from 'chai';
import { namesOf } from '../../shared/contracts/names.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { TABLE_DEFINITION } from '../../shared/storage/provisioning.ts';
import { type Arguments, all, DEPLOYMENT, only } from '../support/stacks/entrance.ts';
import { storage, storageStack } from '../support/stacks/storage.ts';

const NAMES = namesOf(DEPLOYMENT);

describe('the image table', () => {
  const table = only(storage({ maxReadUnits: 70, maxWriteUnits: 50 }), 'dynamodb_table');

  it('has the same indexes as the local table, with the same attributes', () => {
    const indexes = table.global_secondary_index.map(({ name, projection_type }: Arguments) => [name, projection_type]);
    expect(indexes).to.have.deep.members(
      TABLE_DEFINITION.GlobalSecondaryIndexes.map(({ IndexName, Projection }) => [
        IndexName,
        Projection.ProjectionType,
      ]),
    );
  });

  it('declares each key attribute once, and no others', () => {
    const declared = table.attribute.map(({ name }: Arguments) => name);
    expect(declared).to.have.members([
      ...new Set(TABLE_DEFINITION.AttributeDefinitions.map(({ AttributeName }) => AttributeName)),
    ]);
    expect(new Set(declared).size).to.equal(declared.length);
  });

  it('is protected from deletion unless it is disposable', () => {
    expect(table.deletion_protection_enabled).to.equal(true);
    const disposable = only(storage({ disposable: true }), 'dynamodb_table');
    expect(disposable.deletion_protection_enabled).to.equal(false);
  });
});

describe('the processing queues', () => {
  const synthesised = storage();
  const queue = all(synthesised, 'sqs_queue').find(({ name }) => name === NAMES.queue) ?? {};

  it('have the timing that workers expect', () => {
    expect(queue).to.include({
      visibility_timeout_seconds: QUEUE_TIMING.visibilityTimeoutSeconds,
      message_retention_seconds: QUEUE_TIMING.messageRetentionSeconds,
    });
  });

  it('move a message to the dead letters after the number of receives that workers expect', () => {
    const { maxReceiveCount, deadLetterTargetArn } = JSON.parse(queue.redrive_policy);
    expect(maxReceiveCount).to.equal(QUEUE_TIMING.maxReceiveCount);
    expect(deadLetterTargetArn).to.equal(`\${aws_sqs_queue.dead-letter-queue.arn}`);
  });

  it('accept dead letters only from the processing queue', () => {
    const { queue_url, redrive_allow_policy } = only(synthesised, 'sqs_queue_redrive_allow_policy');
    expect(queue_url).to.equal(`\${aws_sqs_queue.dead-letter-queue.id}`);
    expect(JSON.parse(redrive_allow_policy)).to.deep.equal({
      redrivePermission: 'byQueue',
      sourceQueueArns: [`\${aws_sqs_queue.processing-queue.arn}`],
    });
  });
});

describe('outputs of the storage', () => {
  it('are names and no secrets', () => {
    const { output } = storageStack() as unknown as { output: Record<string, Arguments> };
    expect(Object.values(output).map(({ value }) => value)).to.have.members([
      NAMES.bucket,
      NAMES.table,
      NAMES.queueUrl,
      NAMES.deadLetterQueueUrl,
    ]);
    expect(Object.values(output).some(({ sensitive }) => sensitive)).to.equal(false);
  });
});
