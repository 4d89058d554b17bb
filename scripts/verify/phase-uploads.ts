import { ownerOfKey } from './keys.ts';
import type { Run } from './run.ts';

/** Goes through the parts of uploads that have not ended, and looks whether there is a record of each upload. */
export async function lookThroughUploads(run: Run): Promise<void> {
  const { state, place, secondLooks, youngFrom } = run;
  const { openUploads, counts, suspects } = state.progress;
  // Of those that a broken-off run has found already there is one only.
  const known = new Set(suspects.flatMap((suspect) => (suspect.of === 'upload' ? suspect.storeUploadId : [])));
  const { cursor } = state.progress;
  if (cursor === true) return;
  for await (const { key, storeUploadId, begun } of place.objects.listUploads()) {
    const { imageId } = ownerOfKey(key);
    if ((imageId !== undefined && Object.hasOwn(openUploads, imageId)) || known.has(storeUploadId)) continue;
    if (begun.getTime() > youngFrom) counts.young += 1;
    else secondLooks.add({ of: 'upload', key, storeUploadId });
  }
  state.progress.cursor = true;
  run.step();
}
