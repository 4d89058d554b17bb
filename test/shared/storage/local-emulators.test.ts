import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ChangeMessageVisibilityCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS, queueUrlAt, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { deadLetterQueueOf } from '../../../shared/contracts/names.ts';
import { decodeMessage } from '../../../shared/contracts/queue-message.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import { type ProcessingQueue, sendMessage } from '../../../shared/storage/queues/processing-queue.ts';
import { type ImageTable, readImage } from '../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { eventually } from '../../support/eventually.ts';
import { clientsOf, openLocalQueue, openLocalTable } from '../../support/storage/emulators.ts';
import { imageRecord, rendition, renditionRequest } from '../../support/storage/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { describeProcessingQueue } from './queues/processing-queue.contract.ts';
import { describeIdempotency } from './table/idempotency.contract.ts';
import { describeImageTable } from './table/image-table.contract.ts';

describeImageTable('dynalite', openLocalTable);
describeIdempotency('dynalite', openLocalTable);
describeProcessingQueue('fauxqs', openLocalQueue);
describeProcessingQueue('fauxqs with a folder', async () => {
  const folder = await createTemporaryFolder();
  const opened = await openLocalQueue(folder.path);
  return { ...opened, close: () => opened.close().then(folder.remove) };
});

interface Storage {
  table: ImageTable;
  queue: ProcessingQueue;
  close(): void;
}

async function openStorage(endpoints: { dynamoDbEndpoint: string; sqsEndpoint: string }): Promise<Storage> {
  const { documents, sqs } = clientsOf(endpoints);
  await provisionTable(documents, 'images');
  const { queueUrl } = await provisionQueues(sqs, 'processing');
  const close = () => {
    documents.destroy();
    sqs.destroy();
  };
  return { table: { documents, tableName: 'images' }, queue: { sqs, queueUrl }, close };
}

async function startProcess(folder: string): Promise<{ child: ChildProcess; storage: Storage }> {
  const program = fileURLToPath(new URL('../../support/storage/emulators-process.ts', import.meta.url));
  const child = fork(program, [folder, LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID]);
  const [endpoints] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the emulators did not start'))),
  ]);
  return { child, storage: await openStorage(endpoints) };
}

it('predicts the URLs of the emulated queues', async () => {
  const emulators = await startEmulators();
  const { documents, sqs } = clientsOf(emulators);
  try {
    expect(await provisionQueues(sqs, 'processing')).to.deep.equal({
      queueUrl: queueUrlAt(emulators.sqsEndpoint, 'processing'),
      deadLetterQueueUrl: queueUrlAt(emulators.sqsEndpoint, deadLetterQueueOf('processing')),
    });
  } finally {
    documents.destroy();
    sqs.destroy();
    await emulators.stop();
  }
});

async function receive({ sqs, queueUrl }: ProcessingQueue): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 1 }));
  return Messages;
}

describe('local emulators with a folder', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });

  afterEach(() => folder.remove());

  const record = imageRecord();
  const { imageId } = record;
  const messageOf = (requestId: string) => ({ imageId, requestId, renditions: [renditionRequest()] });

  async function fill({ table, queue }: Storage): Promise<void> {
    await createImage(table, { record, renditions: [rendition()] });
    await startRendition(table, { imageId, name: 'thumb' });
    await sendMessage(queue, messageOf('first'));
    await sendMessage(queue, messageOf('second'));
  }

  /** One of the messages is in flight, for a second more. */
  async function takeOne({ queue }: Storage): Promise<void> {
    const [message] = await receive(queue);
    await queue.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue.queueUrl,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 1,
      }),
    );
  }

  async function expectAll({ table, queue }: Storage): Promise<void> {
    const image = await readImage(table, imageId, { consistent: true });
    expect(image?.record).to.deep.equal(record);
    expect(image?.renditions[0]).to.include({ name: 'thumb', status: 'processing', attempts: 1 });
    const requests = new Set<string>();
    await eventually('delivering both messages', async () => {
      for (const { Body = '' } of await receive(queue)) requests.add(decodeMessage(Body).requestId);
      return requests.size === 2;
    });
  }

  it('keeps data and messages when the emulators are stopped', async () => {
    const first = await startEmulators(folder.path);
    const before = await openStorage(first);
    await fill(before);
    await takeOne(before);
    before.close();
    await first.stop();
    const second = await startEmulators(folder.path);
    const after = await openStorage(second);
    await expectAll(after);
    after.close();
    await second.stop();
  });

  it('keeps data and messages, even one in flight, when the process is killed', async () => {
    const first = await startProcess(folder.path);
    await fill(first.storage);
    await takeOne(first.storage);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    first.storage.close();
    const second = await startProcess(folder.path);
    await expectAll(second.storage);
    second.storage.close();
    second.child.kill('SIGKILL');
    await once(second.child, 'exit');
  });
});
