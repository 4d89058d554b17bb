import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { openFileObjectStore } from '../../shared/storage/file-object-store.ts';
import type { UploadName } from '../../shared/storage/object-store.ts';

/** Completes the upload that its parent names, in the folder given, and is killed while it does. */
const store = await openFileObjectStore(process.argv[2] ?? '', { minPartBytes: 1 });
process.on('message', ({ upload, parts }: { upload: UploadName; parts: NamedPart[] }) => {
  void store.completeMultipartUpload(upload, parts);
});
process.once('disconnect', () => process.exit(0));
process.send?.('open');
