import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import { openLocalTable } from '../../support/storage/emulators.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { openVerifiedPlace } from '../../support/storage/verified-place.ts';
import { describeVerify } from './verify.contract.ts';

describeVerify('files', async () => {
  const folder = await createTemporaryFolder();
  const { table, close } = await openLocalTable();
  const objects = await openFileObjectStore(folder.path);
  return openVerifiedPlace(table, objects, async () => {
    await close();
    await folder.remove();
  });
});
