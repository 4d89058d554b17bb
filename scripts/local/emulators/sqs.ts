import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startFauxqs } from 'fauxqs';
import { printableLine } from '../../terminal/printable.ts';
import { makeDataFolder } from '../data-folder/data-folder.ts';
import { explainDatabaseError } from '../data-folder/open-database.ts';
import { type Emulator, type EmulatorOptions, LOCAL_REGION } from './emulators.ts';
import { guardServer, startOnLoopback } from './guarded-server.ts';
import { queueFile, repairQueues } from './queue-repair.ts';

const report = (sentence: string) => void process.stderr.write(`${printableLine(`SQS: ${sentence}`)}\n`);

/** Starts fauxqs, which emulates SQS. */
export async function startSqs({ port, folder, accessKeyId }: EmulatorOptions): Promise<Emulator> {
  const file = folder && queueFile(folder);
  if (file) makeDataFolder(dirname(file));
  const { started, server } = await startOnLoopback(async () => {
    if (file) repairQueues(file, report);
    return startFauxqs({
      port,
      host: '127.0.0.1',
      logger: false,
      defaultRegion: LOCAL_REGION,
      ...(file && { dataDir: dirname(file) }),
    });
  }).catch((error: unknown) => {
    throw file ? explainDatabaseError(file, error) : error;
  });
  guardServer(server, accessKeyId);
  if (file) mendRelease(file);
  return { endpoint: `http://127.0.0.1:${started.port}`, stop: () => started.stop() };
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
