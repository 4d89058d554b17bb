import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { deadLetterQueueOf } from '../../../shared/contracts/names.ts';
import { LONGEST_HIDDEN_SECONDS } from '../../../shared/contracts/queue-timing.ts';
import { queueAttributes } from '../../../shared/storage/provisioning.ts';
import { openDatabase } from '../data-folder/open-database.ts';
import { LOCAL_REGION, queueUrlAt } from './emulators.ts';

/** The database file of the queues. */
export const queueFile = (folder: string): string => join(folder, 'sqs', 'fauxqs.db');

/** The last moment that JavaScript knows (ECMAScript's time values). A clock that is set back leaves times that are still to come. */
const LAST_MS = 8.64e15;

const isTime = (column: string) => `(typeof(${column}) = 'integer' AND ${column} BETWEEN 0 AND ${LAST_MS})`;
const isJson = (column: string) =>
  `(CASE WHEN typeof(${column}) = 'text' AND json_valid(${column}) THEN json_type(${column}) = 'object' ELSE 0 END)`;

/** That fauxqs loads a message as it was, and it comes when it should. */
const IS_SOUND = [
  ...['message_id', 'body', 'md5_of_body', 'md5_of_message_attributes'].map((column) => `typeof(${column}) = 'text'`),
  isJson('message_attributes'),
  isTime('sent_timestamp'),
  isTime('approximate_receive_count'),
  ...['approximate_first_receive_timestamp', 'delay_until', 'visibility_deadline'].map(
    (column) => `(${column} IS NULL OR ${isTime(column)})`,
  ),
  `(receipt_handle IS NULL OR typeof(receipt_handle) = 'text')`,
  ...['message_group_id', 'message_deduplication_id', 'sequence_number'].map((column) => `${column} IS NULL`),
].join(' AND ');

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * Mends what fauxqs 2.4.1 would end by, or wait for for ever: a message that is damaged goes to the dead-letter queue, and a queue whose row is
 * damaged is described anew, with all its messages. To be called before it opens the file; `report` hears of each.
 */
export function repairQueues(path: string, report: (sentence: string) => void): void {
  // As fauxqs opens it: what its log holds counts even where the file is damaged.
  const database = openDatabase(path, ['PRAGMA foreign_keys = OFF', 'PRAGMA journal_mode = WAL']);
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE name IN ('sqs_queues', 'sqs_messages')")
      .all();
    if (tables.length < 2) return;
    releaseHidden(database);
    mendMessages(database, report);
    mendDescriptions(database, report);
  } finally {
    database.close();
  }
}

/** The latest time until which a message that is hidden now can be hidden. */
const latestHidden = (): number => Date.now() + LONGEST_HIDDEN_SECONDS * 1000;

/**
 * What is hidden for longer than anybody hides it was hidden by a clock that has been set back since, or by a byte that has changed, and would stay so
 * until that time comes.
 */
function releaseHidden(database: DatabaseSync): void {
  database
    .prepare('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE visibility_deadline > ?')
    .run(latestHidden());
  database.prepare('UPDATE sqs_messages SET delay_until = NULL WHERE delay_until > ?').run(latestHidden());
}

/** Whether a queue below a data folder hides a message for longer than anybody hides it. */
export function hasOverlongHidden(folder: string): boolean {
  const database = openDatabase(queueFile(folder), []);
  try {
    const hidden = database.prepare('SELECT 1 FROM sqs_messages WHERE visibility_deadline > ?');
    return hidden.get(latestHidden()) !== undefined;
  } finally {
    database.close();
  }
}

function mendMessages(database: DatabaseSync, report: (sentence: string) => void): void {
  const rows = database
    .prepare(
      `SELECT rowid AS id, CAST(queue_name AS TEXT) AS queue, CAST(body AS TEXT) AS body, CAST(md5_of_body AS TEXT) AS md5, ${IS_SOUND} AS isSound FROM sqs_messages`,
    )
    .iterate() as Iterable<Record<'id' | 'isSound', number> & Record<'queue' | 'body' | 'md5', string>>;
  const damaged = [];
  for (const { id, queue, body, md5: recorded, isSound } of rows)
    if (isSound !== 1 || recorded !== md5(body)) damaged.push({ id, queue, body });
  const mend = database.prepare(
    `UPDATE sqs_messages SET queue_name = ?, message_id = 'damaged-' || hex(randomblob(16)), body = ?, md5_of_body = ?,
     message_attributes = '{}', md5_of_message_attributes = '', sent_timestamp = ?, approximate_receive_count = 0,
     approximate_first_receive_timestamp = NULL, delay_until = NULL, message_group_id = NULL, message_deduplication_id = NULL,
     sequence_number = NULL, receipt_handle = NULL, visibility_deadline = NULL WHERE rowid = ?`,
  );
  for (const { id, queue, body } of damaged) {
    const target = isDeadLetterQueue(queue) ? queue : deadLetterQueueOf(queue);
    mend.run(target, body, md5(body), Date.now(), id);
    report(`A message of the queue ${queue} is damaged: it goes to ${target}, of which npm run quarantine tells.`);
  }
}

function mendDescriptions(database: DatabaseSync, report: (sentence: string) => void): void {
  const names = database.prepare(
    'SELECT CAST(name AS TEXT) AS name FROM sqs_queues UNION SELECT queue_name FROM sqs_messages',
  );
  for (const { name } of names.all()) {
    if (isDescribed(database, String(name))) {
      // Whatever else it says, fauxqs's own defaults by rights, they are put in by whoever loads it.
      keepOwnAttributes(database, String(name));
      continue;
    }
    database.prepare('DELETE FROM sqs_queues WHERE CAST(name AS TEXT) = ?').run(String(name));
    describe(database, String(name));
    report(`The description of the queue ${name} is damaged. It is made anew, with all its messages.`);
  }
}

const isDeadLetterQueue = (name: string): boolean => name.endsWith(deadLetterQueueOf(''));
const arnOf = (name: string): string => `arn:aws:sqs:${LOCAL_REGION}:000000000000:${name}`;

const attributesOf = (name: string): Record<string, string> =>
  isDeadLetterQueue(name) ? queueAttributes() : queueAttributes(arnOf(deadLetterQueueOf(name)));

/** Whether a queue has its row, and that says of it what whoever made it has said. */
function isDescribed(database: DatabaseSync, name: string): boolean {
  const row = database
    .prepare(
      `SELECT attributes, arn, url FROM sqs_queues WHERE name = $name AND ${isJson('attributes')} AND ${isJson('tags')}
       AND ${['created_timestamp', 'last_modified_timestamp', 'sequence_counter'].map(isTime).join(' AND ')}`,
    )
    .get({ name });
  if (!row) return false;
  const recorded = JSON.parse(String(row.attributes));
  const isSame = Object.entries(attributesOf(name)).every(([key, value]) => recorded[key] === value);
  return isSame && row.arn === arnOf(name) && String(row.url).endsWith(`/000000000000/${name}`);
}

function keepOwnAttributes(database: DatabaseSync, name: string): void {
  const attributes = JSON.stringify(attributesOf(name));
  database.prepare('UPDATE sqs_queues SET attributes = ? WHERE name = ?').run(attributes, name);
}

function describe(database: DatabaseSync, name: string): void {
  const now = Math.floor(Date.now() / 1000);
  const url = queueUrlAt('http://127.0.0.1', name);
  database
    .prepare('INSERT INTO sqs_queues VALUES (?, ?, ?, ?, ?, ?, ?, 0)')
    .run(name, url, arnOf(name), JSON.stringify(attributesOf(name)), '{}', now, now);
}
