import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run-program.ts';

/** buildah with a storage of its own, in a folder: it leaves nothing in that of its user, and takes nothing from there. */
export interface Buildah {
  run(...args: string[]): Promise<string>;
  /** Removes the storage with all images and containers in it. */
  remove(): Promise<void>;
}

export function openBuildah(folder: string): Buildah {
  const own = ['buildah', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  return {
    run: (...args) => run([...own, ...args]),
    async remove() {
      // They end what is mounted. A build that failed leaves containers.
      await run([...own, 'rm', '--all']);
      await run([...own, 'rmi', '--all', '--force']);
      // Without root's rights some files belong to other numbers of users, which only buildah may be.
      if (process.getuid?.() !== 0) await run(['buildah', 'unshare', 'rm', '--recursive', '--force', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
