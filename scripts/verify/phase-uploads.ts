import type { BegunUpload } from '../../shared/storage/object-store.ts';
import type { Finding } from './findings.ts';
import { ownerOfKey } from './keys.ts';
import { unreadable } from './look-at-bytes.ts';
import { isYoung, type Run } from './run.ts';

/** Goes through the parts of uploads that have not ended, and looks whether there is a record of each upload. */
export async function lookThroughUploads(run: Run): Promise<void> {
  const { state, place, secondLooks } = run;
  const { openUploads, suspects } = state.progress;
  // Of those that a broken-off run has found already there is one only.
  const known = new Set(suspects.flatMap((suspect) => (suspect.of === 'upload' ? suspect.storeUploadId : [])));
  const { cursor } = state.progress;
  if (cursor === true) return;
  const unread: Finding[] = [];
  const look = ({ key, storeUploadId, begun }: BegunUpload) => {
    const { imageId } = ownerOfKey(key);
    if ((imageId !== undefined && Object.hasOwn(openUploads, imageId)) || known.has(storeUploadId)) return;
    if (!isYoung(begun, run)) secondLooks.add({ of: 'upload', key, storeUploadId });
  };
  try {
    for await (const upload of place.objects.listUploads()) look(upload);
  } catch (error) {
    unread.push({ kind: 'unreadable', what: 'upload', key: 'uploads/', detail: unreadable(error) });
  }
  state.progress.cursor = true;
  run.step(unread);
}
