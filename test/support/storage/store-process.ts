import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';

type Verbs = Pick<ObjectStore, 'completeMultipartUpload' | 'delete'>;

/** A request of the parent: a method of the store with its arguments. */
export type StoreOrder = { [Verb in keyof Verbs]: { verb: Verb; args: Parameters<Verbs[Verb]> } }[keyof Verbs];

/** Runs requests of its parent on the file store of a folder, until it is killed. */
const store = await openFileObjectStore(process.argv[2] ?? '', { minPartBytes: 1 });
process.on('message', (order: StoreOrder) => {
  if (order.verb === 'delete') void store.delete(...order.args);
  else void store.completeMultipartUpload(...order.args);
});
process.once('disconnect', () => process.exit(0));
process.send?.('open');
