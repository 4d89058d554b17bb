import { openLocalQueue } from '../../../support/storage/emulators.ts';
import { createTemporaryFolder } from '../../../support/storage/temporary-folder.ts';
import { describeDeadLetterQueue } from './dead-letter-queue.contract.ts';

describeDeadLetterQueue('fauxqs', openLocalQueue);
describeDeadLetterQueue('fauxqs with a folder', async () => {
  const folder = await createTemporaryFolder();
  const opened = await openLocalQueue(folder.path);
  return { ...opened, close: () => opened.close().then(folder.remove) };
});
