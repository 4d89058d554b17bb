import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startFauxqs } from 'fauxqs';
import { LONGEST_HIDDEN_SECONDS } from '../../shared/contracts/queue-timing.ts';
import { type Emulator, type EmulatorOptions, LOCAL_REGION } from './emulators.ts';
import { guardServer, startOnLoopback } from './guarded-server.ts';
import { explainDatabase, openDatabase } from './open-database.ts';

/** SQS: fauxqs. */
export async function startSqs({ port, folder, accessKeyId }: EmulatorOptions): Promise<Emulator> {
  const dataDir = folder && join(folder, 'sqs');
  if (dataDir) {
    await mkdir(dataDir, { recursive: true });
    releaseHidden(join(dataDir, 'fauxqs.db'));
  }
  const { started, server } = await startOnLoopback(() =>
    startFauxqs({
      port,
      host: '127.0.0.1',
      logger: false,
      defaultRegion: LOCAL_REGION,
      ...(dataDir && { dataDir }),
    }),
  ).catch((error: unknown) => {
    throw dataDir ? explainDatabase(join(dataDir, 'fauxqs.db'), error) : error;
  });
  guardServer(server, accessKeyId);
  if (dataDir) mendRelease(join(dataDir, 'fauxqs.db'));
  return { endpoint: `http://127.0.0.1:${started.port}`, stop: () => started.stop() };
}

/**
 * What is hidden for longer than anybody hides it was hidden by a clock that has been set back since, and would stay so until that time comes
 * again.
 */
function releaseHidden(path: string): void {
  const database = openDatabase(path, []);
  try {
    if (!database.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'sqs_messages'`).get()) return;
    const until = Date.now() + LONGEST_HIDDEN_SECONDS * 1000;
    database
      .prepare(
        'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE visibility_deadline > ?',
      )
      .run(until);
  } catch (error) {
    throw explainDatabase(path, error);
  } finally {
    database.close();
  }
}

/**
 * With a folder, fauxqs 2.4.1 loses a message whose visibility timeout is set to 0: it takes it out of what is in flight, then sets the
 * count of its receives to NULL, which its own schema forbids, and never gets to putting it back. Here that write does what it is for.
 */
function mendRelease(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TRIGGER IF NOT EXISTS released BEFORE UPDATE ON sqs_messages WHEN NEW.approximate_receive_count IS NULL
    BEGIN
      UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = OLD.message_id;
      SELECT RAISE(IGNORE);
    END
  `);
  database.close();
}
