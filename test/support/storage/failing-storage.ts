import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';

interface Storage {
  table: ImageTable;
  objects: ObjectStore;
}

/** `dies`: the process ends after its n-th write, whose answer it does not get. `fails`: the n-th write is not done, and everything else goes on. */
export type Failure = 'dies' | 'fails';

const OBJECT_WRITES = ['put', 'delete', 'deletePrefix', 'abortMultipartUpload', 'completeMultipartUpload'];

/** Table and store of a process that comes to its n-th write, counted over both. `hasFailed` tells whether it has come so far. */
export function failingStorage(
  { table, objects }: Storage,
  { atWrite, failure }: { atWrite: number; failure: Failure },
): Storage & { hasFailed(): boolean } {
  let writes = 0;
  const isDead = () => failure === 'dies' && writes >= atWrite;
  const read = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isDead()) throw new Error('dead');
    return ask();
  };
  const write = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isDead()) throw new Error('dead');
    writes += 1;
    if (writes !== atWrite) return ask();
    if (failure === 'dies') await ask();
    throw new Error('failed');
  };
  const send = (command: Parameters<ImageTable['documents']['send']>[0]) => {
    const ask = () => table.documents.send(command);
    return /Query|Get/.test(command.constructor.name) ? read(ask) : write(ask);
  };
  // Paginators take instances of the client only.
  const documents = Object.assign(Object.create(table.documents), { send }) as ImageTable['documents'];
  const store = Object.entries(objects).map(([name, method]: [string, (...given: unknown[]) => Promise<unknown>]) => {
    const through = OBJECT_WRITES.includes(name) ? write : read;
    return [name, (...given: unknown[]) => through(() => method(...given))];
  });
  return {
    table: { ...table, documents },
    objects: Object.fromEntries(store) as ObjectStore,
    hasFailed: () => writes >= atWrite,
  };
}
