import {
  appendFileSync,
  closeSync,
  createReadStream,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandError } from '../command-line.ts';
import { makeFolders } from '../local/data-folder/make-folders.ts';
import { type Finding, isFault } from './findings.ts';
import { initialProgress, type Progress } from './progress.ts';
import { checkSavedState, damagedState, findingsFile, readSavedState, temporaryFile } from './saved-state.ts';
import { parseFinding } from './state-validation.ts';

function makeFolder(path: string): void {
  try {
    makeFolders(path, 0o700);
  } catch (error) {
    throw new CommandError(
      `The folder ${path} cannot be made (${(error as NodeJS.ErrnoException).code}). Name another file by --state.`,
    );
  }
}

const NOTHING_SAVED = { identity: undefined, pid: undefined, findingsBytes: 0 };

/**
 * The state of a run, in a file that is there whole or not at all, and beside it what was found so far, one JSON object a line. Written
 * synchronously: nothing else happens between a step and its note.
 */
export class RunState {
  readonly progress: Progress;
  readonly isResumed: boolean;
  readonly #path: string;
  readonly #identity: string;
  #findingsBytes: number;

  /** Goes on from an earlier run of the same identity, or begins anew where there is none or it is to be forgotten. */
  constructor(path: string, identity: string, { restart }: { restart: boolean }) {
    this.#path = path;
    this.#identity = identity;
    const there = readSavedState(path);
    const saved = restart || !there ? undefined : checkSavedState(there, { path, identity });
    makeFolder(dirname(path));
    const { identity: _, pid: __, findingsBytes, ...progress } = saved ?? { ...initialProgress(), ...NOTHING_SAVED };
    this.isResumed = saved !== undefined;
    this.progress = progress;
    this.#findingsBytes = findingsBytes;
    closeSync(openSync(this.#findingsPath, 'a', 0o600));
    if (statSync(this.#findingsPath).size < findingsBytes) {
      throw new CommandError(`What earlier runs found, ${this.#findingsPath}, has been cut. Begin anew by --restart.`);
    }
    truncateSync(this.#findingsPath, findingsBytes);
    this.save();
  }

  get #findingsPath(): string {
    return findingsFile(this.#path);
  }

  save(): void {
    const { progress } = this;
    const saved = { identity: this.#identity, pid: process.pid, findingsBytes: this.#findingsBytes, ...progress };
    writeFileSync(temporaryFile(this.#path), JSON.stringify(saved), { mode: 0o600 });
    renameSync(temporaryFile(this.#path), this.#path);
  }

  /** Keeps a finding; it counts from the next save on. */
  add(finding: Finding): void {
    const line = `${JSON.stringify(finding)}\n`;
    appendFileSync(this.#findingsPath, line);
    this.#findingsBytes += Buffer.byteLength(line);
    const { counts } = this.progress;
    if (finding.done) counts.mended[finding.done] = (counts.mended[finding.done] ?? 0) + 1;
    else counts.found[finding.kind] = (counts.found[finding.kind] ?? 0) + 1;
    if (isFault(finding)) counts.faults += 1;
  }

  /** What was found so far, also by the runs before. */
  async *findings(): AsyncGenerator<Finding> {
    const lines = createInterface({ input: createReadStream(this.#findingsPath), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      const finding = parseFinding(line);
      if (!finding) throw damagedState(this.#findingsPath);
      yield finding;
    }
  }

  /** Removes the files of the state when the run is complete. */
  remove(): void {
    rmSync(this.#path, { force: true });
    rmSync(this.#findingsPath, { force: true });
  }
}
