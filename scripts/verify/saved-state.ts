import { closeSync, lstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { CommandError } from '../command-line.ts';
import { isAlive } from '../local/data-folder/stack-settings.ts';
import type { Progress } from './progress.ts';
import { isSavedState, looksLikeState, parseFinding } from './state-validation.ts';

/** What the file of a state holds. `identity` is written first: it tells a state from whatever else a file may be. */
export interface SavedState extends Progress {
  /** What the run verifies, and how. */
  identity: string;
  pid: number;
  /** Of the findings beside it: what comes behind was written after this. */
  findingsBytes: number;
}

/** Beside the file of a state: what was found so far, and the next state while it is written. */
export const findingsFile = (path: string): string => `${path}.findings`;
export const temporaryFile = (path: string): string => `${path}.new`;

/** How a state begins, whole or not. */
const BEGINNING = '{"identity":"';
const HEAD = /^\{"identity":"(?:[^"\\]|\\.)*","pid":\d+,"findingsBytes":\d+,/;

/** Bytes that are enough for the first line of the findings. */
const HEAD_BYTES = 64 * 1024;

const noState = (path: string): CommandError =>
  new CommandError(`${path} is there and is no state of npm run verify. Name another file by --state.`);

export const damagedState = (path: string): CommandError =>
  new CommandError(`The state of an earlier run, ${path}, is damaged. Begin anew by --restart.`);

/**
 * What the file of a state holds, sound or not; undefined where there is none. Throws where it, or what would be written beside it, is
 * something else: a run overwrites and removes them.
 */
export function readSavedState(path: string): { value: unknown } | undefined {
  const there = [path, findingsFile(path), temporaryFile(path)].filter(isThere);
  if (!there.includes(path)) {
    const foreign = there.find((each) => !isLeft(each, { isFindings: each === findingsFile(path) }));
    if (foreign !== undefined) throw noState(foreign);
    return undefined;
  }
  const text = read(path, (each) => readFileSync(each, 'utf8'));
  const value = parse(text);
  const isState = value === undefined ? text === '' || HEAD.test(text) : looksLikeState(value);
  if (!isState) throw noState(path);
  return { value };
}

/** Whether something is there, which must be a file of its own: a link, a folder or a device is no state. */
function isThere(path: string): boolean {
  const found = read(path, (each) => lstatSync(each, { throwIfNoEntry: false }));
  if (found && !found.isFile()) throw noState(path);
  return found !== undefined;
}

/** Whether a run that was killed may have left this where it left no state. */
function isLeft(path: string, { isFindings }: { isFindings: boolean }): boolean {
  const head = read(path, readHead);
  if (isFindings) return head === '' || parseFinding(head.split('\n')[0] ?? '') !== undefined;
  return head.startsWith(BEGINNING) || BEGINNING.startsWith(head);
}

function readHead(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.toString('utf8', 0, readSync(file, buffer));
  } finally {
    closeSync(file);
  }
}

function read<Result>(path: string, how: (path: string) => Result): Result {
  try {
    return how(path);
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}. Name another file by --state.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The state, if it is sound, of the same run, and no other process is at it. */
export function checkSavedState(
  { value }: { value: unknown },
  { path, identity }: { path: string; identity: string },
): SavedState {
  const named = (value as SavedState | undefined)?.identity;
  if (named !== undefined && named !== identity) {
    throw new CommandError(`${path} is the state of another run: ${named}. Name another file by --state.`);
  }
  if (!isSavedState(value)) throw damagedState(path);
  if (value.pid !== process.pid && isAlive(value.pid)) {
    throw new CommandError(
      `Another npm run verify, process ${value.pid}, is at it by ${path}. If it is none, begin anew by --restart.`,
    );
  }
  return value;
}
