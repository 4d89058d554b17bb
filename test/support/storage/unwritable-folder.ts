import { chmod } from 'node:fs/promises';

/** The user `nobody`, since root may write everywhere, whatever the folder's mode. */
const NOBODY = 65_534;

/** Runs work while this process may neither read nor write a folder. */
export async function withoutPermission<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  await chmod(folder, 0);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o700);
  }
}
