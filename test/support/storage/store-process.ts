import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';

type Verbs = Pick<ObjectStore, 'completeMultipartUpload' | 'delete'>;

/** What the parent asks for: a verb of the store with its arguments. */
export type StoreOrder = { [Verb in keyof Verbs]: { verb: Verb; args: Parameters<Verbs[Verb]> } }[keyof Verbs];

/** Does with the file store of a folder what its parent asks for, and is killed while it does. */
const store = await openFileObjectStore(process.argv[2] ?? '', { minPartBytes: 1 });
process.on('message', (order: StoreOrder) => {
  if (order.verb === 'delete') void store.delete(...order.args);
  else void store.completeMultipartUpload(...order.args);
});
process.once('disconnect', () => process.exit(0));
process.send?.('open');
