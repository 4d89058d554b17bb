import {
  appendFileSync,
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandError } from '../command-line.ts';
import { isAlive } from '../local/stack-settings.ts';
import { type Finding, type FindingKind, isFault } from './findings.ts';
import type { Suspect } from './suspects.ts';

/** The parts of a run, in their order. */
export const PHASES = ['records', 'originals', 'renditions', 'uploads'] as const;
export type Phase = (typeof PHASES)[number];

/** How far a run has come: all that must outlive its process. */
export interface Progress {
  phase: Phase;
  /** Where the page at hand begins, as its source has it; undefined at the beginning. */
  cursor: unknown;
  /** What of the page at hand has been looked at. */
  done: string[];
  /** Images that uploads in parts are to become. */
  openUploads: string[];
  /** What looked wrong and has not been looked at again. */
  suspects: Suspect[];
  /** Epoch milliseconds. */
  startedAt: number;
  counts: Counts;
}

export interface Counts {
  records: number;
  objects: number;
  bytesRead: number;
  /** Bytes without a record that are too young to tell. */
  young: number;
  faults: number;
  found: Partial<Record<FindingKind, number>>;
}

interface Saved extends Progress {
  /** What is looked at, and how. */
  identity: string;
  pid: number;
  /** Of the findings beside it: what comes behind was written after this. */
  findingsBytes: number;
}

const NOTHING_SAVED = { identity: undefined, pid: undefined, findingsBytes: 0 };

const begun = (): Progress => ({
  phase: 'records',
  cursor: undefined,
  done: [],
  openUploads: [],
  suspects: [],
  startedAt: Date.now(),
  counts: { records: 0, objects: 0, bytesRead: 0, young: 0, faults: 0, found: {} },
});

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
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const saved = restart ? undefined : readSaved(path);
    if (saved) checkSaved(saved, { path, identity });
    const { identity: _, pid: __, findingsBytes, ...progress } = saved ?? { ...begun(), ...NOTHING_SAVED };
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
    return `${this.#path}.findings`;
  }

  save(): void {
    const { progress } = this;
    const saved = { identity: this.#identity, pid: process.pid, findingsBytes: this.#findingsBytes, ...progress };
    writeFileSync(`${this.#path}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** Keeps a finding; it counts from the next save on. */
  add(finding: Finding): void {
    const line = `${JSON.stringify(finding)}\n`;
    appendFileSync(this.#findingsPath, line);
    this.#findingsBytes += Buffer.byteLength(line);
    const { counts } = this.progress;
    counts.found[finding.kind] = (counts.found[finding.kind] ?? 0) + 1;
    if (isFault(finding)) counts.faults += 1;
  }

  /** What was found so far, also by the runs before. */
  async *findings(): AsyncGenerator<Finding> {
    const lines = createInterface({ input: createReadStream(this.#findingsPath), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) if (line) yield JSON.parse(line);
  }

  /** For a run that has come to its end. */
  remove(): void {
    rmSync(this.#path, { force: true });
    rmSync(this.#findingsPath, { force: true });
  }
}

function readSaved(path: string): Saved | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new CommandError(
      `The state of an earlier run, ${path}, cannot be read: ${message}. Begin anew by --restart.`,
    );
  }
}

function checkSaved(saved: Saved, { path, identity }: { path: string; identity: string }): void {
  if (saved.identity !== identity) {
    throw new CommandError(`${path} is the state of another run: ${saved.identity}. Name another file by --state.`);
  }
  if (saved.pid !== process.pid && isAlive(saved.pid)) {
    throw new CommandError(
      `Another npm run verify, process ${saved.pid}, is at it by ${path}. If it is none, begin anew by --restart.`,
    );
  }
}
