import type { BegunUpload } from '../../shared/storage/objects/object-store.ts';
import { explainUnreadable } from './check-object.ts';
import type { Finding } from './findings.ts';
import { ownerOfKey } from './object-owner.ts';
import { isTooRecent, type VerifyRun } from './run.ts';

/** Goes through the parts of uploads that have not ended, and looks whether there is a record of each upload. */
export async function verifyUploads(run: VerifyRun): Promise<void> {
  const { state, stack, rechecks } = run;
  const { openUploads, suspects } = state.progress;
  // Suspects that an interrupted run has already found are not added again.
  const known = new Set(suspects.flatMap((suspect) => (suspect.of === 'upload' ? suspect.storeUploadId : [])));
  const { cursor } = state.progress;
  if (cursor === true) return;
  const unread: Finding[] = [];
  const look = ({ key, storeUploadId, begun }: BegunUpload) => {
    const { imageId } = ownerOfKey(key);
    if ((imageId !== undefined && Object.hasOwn(openUploads, imageId)) || known.has(storeUploadId)) return;
    if (!isTooRecent(begun, run)) rechecks.add({ of: 'upload', key, storeUploadId });
  };
  try {
    for await (const upload of stack.objects.listUploads()) look(upload);
  } catch (error) {
    unread.push({ kind: 'unreadable', what: 'upload', key: 'uploads/', detail: explainUnreadable(error) });
  }
  state.progress.cursor = true;
  run.step(unread);
}
