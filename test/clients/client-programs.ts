import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program that is no part of this project's dependencies, and what tells that it is there. */
export interface Program {
  command: string;
  check: string[];
  /** What whoever lacks it is told. */
  missing: string;
}

export const PYTHON_REQUESTS: Program = {
  command: 'python3',
  check: ['-c', 'import requests'],
  missing: 'python3 with requests (pip install requests)',
};

export const CURL: Program = { command: 'curl', check: ['--version'], missing: 'curl' };

/** For `before`: skips a suite, loudly, where its program is missing. */
export const skipWithout = ({ command, check, missing }: Program) =>
  function skip(this: Mocha.Context): void {
    if (spawnSync(command, check, { stdio: 'ignore' }).status === 0) return;
    process.stderr.write(`SKIPPED: ${this.test?.parent?.fullTitle()} needs ${missing}\n`);
    this.skip();
  };

/** What a program writes to stdout; rejects with its stderr if it fails. */
export async function outputOf({ command }: Program, args: string[], cwd: string): Promise<string> {
  return (await run(command, args, { cwd, timeout: 60_000 })).stdout;
}
