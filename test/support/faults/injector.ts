import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The calls of the C library that can fail, with their bits in faulty-system.c. */
const OPERATIONS = {
  open: 1,
  openToWrite: 2,
  read: 4,
  write: 8,
  sync: 16,
  truncate: 32,
  rename: 64,
  link: 128,
  makeFolder: 256,
  remove: 512,
  /** The start of a program, which can only be held. Other calls that are held go on when the fault is lifted. */
  start: 1024,
} as const;

const EFFECTS = { fail: 1, short: 2, kill: 3, hold: 4 } as const;

export type Operation = keyof typeof OPERATIONS;

/** The fault that calls have from now on, until another one replaces it. */
export interface Injected {
  operations: readonly Operation[];
  /** The effect: an error, half of the bytes, the end of the process after half of them, or waiting. */
  effect: keyof typeof EFFECTS;
  /** The error for `fail`. */
  error?: 'ENOSPC' | 'EIO' | 'EROFS' | 'EMFILE';
  /** A part of the file's path; without it, all files below the folder are meant. */
  path?: string;
  /** A part of the process's command line; without it, all processes are meant. */
  process?: string;
  /** Which calls fail, counted from 1 over all processes. */
  from?: number;
  to?: number;
}

export interface Injector {
  /** The library for LD_PRELOAD. */
  library: string;
  inject(fault: Injected): void;
  /** Ends the fault. Returns how many calls could have failed, and how many did. */
  lift(): { calls: number; hits: number };
  /** How many calls have failed so far. */
  hits(): number;
  /** Sets the clock of all processes off by a number of seconds. */
  turnClock(seconds: number): void;
  close(): void;
}

const SOURCE = fileURLToPath(new URL('./faulty-system.c', import.meta.url));

/** The offset of each field of `struct control`. */
const AT = { active: 0, operations: 4, calls: 24, hits: 28, clockSeconds: 32, path: 40, end: 40 + 512 };
const TEXT = 256;
const ALWAYS = 0xffffffff;

export const hasInjector = (): boolean =>
  process.platform === 'linux' && spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0;

/** Skips tests where no faults can be injected, and says aloud what is not tested then. */
export function skipWithoutInjector(context: Mocha.Context, what: string): void {
  if (hasInjector()) return;
  process.stderr.write(`\n!!! Faults are injected on Linux with cc only: ${what} NOT tested !!!\n\n`);
  context.skip();
}

/** Compiles the library that is loaded between processes and the C library, for files below the folder `below`. */
export async function openInjector(folder: string, below: string): Promise<Injector> {
  const [library, path] = [join(folder, 'faulty-system.so'), join(folder, 'control')];
  const names = Object.entries({ CONTROL: path, BELOW: below, SELF: library }).map(
    ([key, value]) => `-D${key}="${value}"`,
  );
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', ...names, '-o', library, SOURCE, '-ldl']);
  if (compiled.status !== 0 || compiled.stderr.length > 0) throw new Error(`cc: ${compiled.stderr}`);
  await writeFile(path, Buffer.alloc(AT.end));
  const control = openSync(path, 'r+');
  const write = (at: number, ...numbers: number[]) =>
    writeSync(control, Uint32Array.from(numbers), 0, 4 * numbers.length, at);
  const read = (at: number): number => {
    const number = Buffer.alloc(4);
    readSync(control, number, 0, 4, at);
    return number.readUInt32LE();
  };
  const texts = (...values: string[]): Buffer =>
    Buffer.concat(values.map((value) => Buffer.concat([Buffer.from(value), Buffer.alloc(TEXT)], TEXT)));
  return {
    library,
    inject({ operations, effect, error, path = '', process = '', from = 1, to = ALWAYS }) {
      write(AT.active, 0);
      writeSync(control, texts(path, process), 0, 2 * TEXT, AT.path);
      const bits = operations.reduce((sum, operation) => sum | OPERATIONS[operation], 0);
      write(AT.operations, bits, EFFECTS[effect], error ? constants.errno[error] : 0, from, to, 0, 0);
      write(AT.active, 1);
    },
    lift() {
      write(AT.active, 0);
      return { calls: read(AT.calls), hits: read(AT.hits) };
    },
    hits: () => read(AT.hits),
    turnClock(seconds) {
      const number = Buffer.alloc(8);
      number.writeBigInt64LE(BigInt(seconds));
      writeSync(control, number, 0, 8, AT.clockSeconds);
    },
    close: () => closeSync(control),
  };
}
