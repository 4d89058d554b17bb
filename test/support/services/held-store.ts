import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';

/** A store whose completions wait before an object of parts is hashed, until the test releases them. */
export interface HeldStore extends ObjectStore {
  hold(): void;
  letGo(): void;
  /** How many wait. */
  waiting(): number;
}

export function heldStore(store: ObjectStore): HeldStore {
  let gate: PromiseWithResolvers<void> | undefined;
  let waiting = 0;
  return {
    ...store,
    async digest(key) {
      waiting += 1;
      await gate?.promise;
      waiting -= 1;
      return store.digest(key);
    },
    hold: () => {
      gate ??= Promise.withResolvers<void>();
    },
    letGo: () => {
      gate?.resolve();
      gate = undefined;
    },
    waiting: () => waiting,
  };
}
