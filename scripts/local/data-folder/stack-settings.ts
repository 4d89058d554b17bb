import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a command must know to reach table, queues and objects of the stack that runs; its ports are others at every start. */
const NAMES = [
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_ENDPOINT_URL_SQS',
  'IMAGE_TABLE_NAME',
  'PROCESSING_QUEUE_URL',
  'DEAD_LETTER_QUEUE_URL',
  'OBJECT_STORE_URL',
] as const;

/** Keyed by the names of the services' environment variables. */
export type StackSettings = Record<(typeof NAMES)[number], string>;

/** The settings file exists while the stack runs, and after it was killed. */
export const settingsFile = (folder: string): string => join(folder, 'settings.json');

/** Tells commands of this user, and of nobody else, where the stack answers that runs on a folder. */
export async function writeStackSettings(folder: string, settings: StackSettings): Promise<void> {
  const written = Object.fromEntries(NAMES.map((name) => [name, settings[name]]));
  // The mode only applies to new files.
  await removeStackSettings(folder);
  await writeFile(settingsFile(folder), `${JSON.stringify({ pid: process.pid, ...written }, null, 2)}\n`, {
    mode: 0o600,
  });
}

export const removeStackSettings = (folder: string): Promise<void> => rm(settingsFile(folder), { force: true });

/** Reads the settings of the stack that runs on a folder; undefined if none does. Rejects if the file exists but cannot be read. */
export async function readStackSettings(folder: string): Promise<StackSettings | undefined> {
  let text: string;
  try {
    text = await readFile(settingsFile(folder), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  const { pid, ...settings }: StackSettings & { pid: number } = JSON.parse(text);
  return isAlive(pid) ? settings : undefined;
}

/** Whether a process with this id exists: the ports of a stack that was killed may belong to others by now. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
