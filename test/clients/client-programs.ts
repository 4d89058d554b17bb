import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOOL_VARIABLE } from '../../scripts/test-clients/tools.ts';

const run = promisify(execFile);

/** A program that is not a dependency of this project, and how to check that it is installed. */
export interface Program {
  command: string;
  check: string[];
  /** The message where the program is missing. */
  missing: string;
}

/** The Python of `npm run test:clients`, which has what the suites need, or else the system's. */
const toolsOfPython = process.env[TOOL_VARIABLE.python];
const PYTHON = toolsOfPython ? join(toolsOfPython, 'bin/python3') : 'python3';

const pythonWith = (library: string): Program => ({
  command: PYTHON,
  check: ['-c', `import ${library}`],
  missing: `python3 with ${library} (pip install ${library})`,
});

export const PYTHON_REQUESTS = pythonWith('requests');
export const PYTHON_HTTPX = pythonWith('httpx');
export const GO: Program = { command: 'go', check: ['version'], missing: 'Go' };

export const CURL: Program = { command: 'curl', check: ['--version'], missing: 'curl' };

/** For `before`: skips a suite with a message where its program is missing. */
export const skipWithout = ({ command, check, missing }: Program) =>
  function skip(this: Mocha.Context): void {
    if (spawnSync(command, check, { stdio: 'ignore' }).status === 0) return;
    process.stderr.write(`SKIPPED: ${this.test?.parent?.fullTitle()} needs ${missing}\n`);
    this.skip();
  };

/** Runs a program and returns its stdout; rejects with its stderr if it fails. */
export async function outputOf({ command }: Program, args: string[], cwd: string): Promise<string> {
  return (await run(command, args, { cwd, timeout: 60_000 })).stdout;
}
