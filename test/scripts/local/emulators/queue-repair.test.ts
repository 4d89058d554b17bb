import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { startEmulators } from '../../../../scripts/local/emulators/emulators.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { provisionQueues } from '../../../../shared/storage/provisioning.ts';
import { sendMessage } from '../../../../shared/storage/queues/processing-queue.ts';
import { createRandom } from '../../../support/random.ts';
import { clientsOf } from '../../../support/storage/emulators.ts';
import { renditionRequest } from '../../../support/storage/image-records.ts';
import { flipped } from '../../../support/storage/stored-rows.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const NAME = 'processing';
const MESSAGES = 3;

describe('damaged rows of the queue on one machine', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    await withQueues(async ({ sqs, queueUrl }) => {
      for (let count = 0; count < MESSAGES; count += 1) {
        const message = { imageId: createImageId(), requestId: 'r', renditions: [renditionRequest()] };
        await sendMessage({ sqs, queueUrl }, message);
      }
    });
  });
  afterEach(() => folder.remove());

  interface Queues {
    sqs: SQSClient;
    queueUrl: string;
    deadLetterQueueUrl: string;
  }

  async function withQueues<Result>(work: (queues: Queues) => Promise<Result>): Promise<Result> {
    const emulators = await startEmulators(folder.path);
    const { sqs } = clientsOf(emulators);
    try {
      return await work({ sqs, ...(await provisionQueues(sqs, NAME)) });
    } finally {
      sqs.destroy();
      await emulators.stop();
    }
  }

  function damage(statement: string, ...values: (string | Uint8Array)[]): void {
    const database = new DatabaseSync(join(folder.path, 'sqs', 'fauxqs.db'), { enableForeignKeyConstraints: false });
    database.prepare(statement).run(...values);
    database.close();
  }

  const receive = async (sqs: SQSClient, QueueUrl: string): Promise<number> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, WaitTimeSeconds: 0 }),
    );
    return Messages.length;
  };
  const counts = () =>
    withQueues(async ({ sqs, queueUrl, deadLetterQueueUrl }) => [
      await receive(sqs, queueUrl),
      await receive(sqs, deadLetterQueueUrl),
    ]);

  const ONE = 'WHERE rowid = (SELECT MIN(rowid) FROM sqs_messages)';
  const DAMAGES: Record<string, string> = {
    'another body': `UPDATE sqs_messages SET body = replace(body, '"', 'x') ${ONE}`,
    'a body that is no text': `UPDATE sqs_messages SET body = x'00ff' ${ONE}`,
    'attributes that are no JSON': `UPDATE sqs_messages SET message_attributes = '{' ${ONE}`,
  };
  for (const [what, statement] of Object.entries(DAMAGES)) {
    it(`moves a message that has ${what} to the dead letters, and delivers all others`, async () => {
      damage(statement);
      expect(await counts()).to.deep.equal([MESSAGES - 1, 1]);
      expect(await counts()).to.deep.equal([MESSAGES - 1, 1]);
    });
  }

  const DAY_MS = 24 * 60 * 60 * 1000;
  const HIDING: Record<string, string> = {
    'is kept back until a time that never comes': `delay_until = 9007199254740993 ${ONE}`,
    'has a lease that never ends': `receipt_handle = 'a', visibility_deadline = ${9e14} ${ONE}`,
    'is of a clock that has been set back by a day': `receipt_handle = 'a' || rowid, visibility_deadline = sent_timestamp + ${DAY_MS},
      approximate_first_receive_timestamp = sent_timestamp + ${DAY_MS}, sent_timestamp = sent_timestamp + ${DAY_MS}`,
  };
  for (const [what, values] of Object.entries(HIDING)) {
    it(`delivers a message that ${what}`, async () => {
      damage(`UPDATE sqs_messages SET ${values}`);
      expect(await counts()).to.deep.equal([MESSAGES, 0]);
    });
  }

  for (const change of [
    "attributes = '{'",
    'attributes = replace(attributes, \'"30"\', \'"31"\')',
    "attributes = json_set(attributes, '$.MaximumMessageSize', '10')",
    "attributes = json_set(attributes, '$.FifoQueue', 'true', '$.DelaySeconds', '900')",
    "arn = 'arn'",
    "name = 'other'",
  ]) {
    it(`delivers every message when a queue has ${change}`, async () => {
      damage(`UPDATE sqs_queues SET ${change} WHERE name = '${NAME}'`);
      expect(await counts()).to.deep.equal([MESSAGES, 0]);
    });
  }

  for (const seed of [1, 2]) {
    it(`starts and delivers all other messages, whatever bits are flipped, with seed ${seed}`, async () => {
      const random = createRandom(seed);
      for (let round = 1; round <= 6; round += 1) {
        const database = new DatabaseSync(join(folder.path, 'sqs', 'fauxqs.db'), {
          enableForeignKeyConstraints: false,
        });
        const table = random(0, 2) ? 'sqs_messages' : 'sqs_queues';
        const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
        const column = String(columns[random(0, columns.length - 1)]?.name);
        const rows = database
          .prepare(`SELECT rowid AS id, CAST(IFNULL(${column}, 'x') AS BLOB) AS value FROM ${table}`)
          .all() as { id: number; value: Uint8Array }[];
        const row = rows[random(0, rows.length - 1)];
        database.close();
        if (!row || row.value.length === 0) continue;
        const value = flipped(row.value, random(0, row.value.length - 1), random(0, 7));
        damage(`UPDATE ${table} SET ${column} = CAST(? AS TEXT) WHERE rowid = ${row.id}`, value);
        const [ready = 0] = await counts();
        expect(ready, `${table}.${column}, round ${round}`).to.be.at.least(MESSAGES - round);
      }
    });
  }
});
