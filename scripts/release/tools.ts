import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CommandError } from '../command-line.ts';

const execute = promisify(execFile);

/** Runs a program in the current folder and returns what it prints. Its own words are the reason when it fails. */
async function run(program: string, args: string[]): Promise<string> {
  try {
    return (await execute(program, args)).stdout.trimEnd();
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new CommandError(`${program} ${args[0]} failed: ${stderr?.trim() || message}`);
  }
}

export const git = (...args: string[]): Promise<string> => run('git', args);

/** An annotated tag. By default git takes lines that begin with `#`, as headings do, for comments. */
export const annotate = (tag: string, message: string): Promise<string> =>
  git('tag', '--annotate', tag, '--cleanup=whitespace', '--message', message);

/** Writes the version into every package.json and the lockfile, and changes nothing else: no tag, no node_modules. */
export const setVersion = (version: string): Promise<string> =>
  run('npm', [
    'version',
    version,
    '--no-git-tag-version',
    '--allow-same-version',
    '--workspaces',
    '--include-workspace-root',
    '--package-lock-only',
    '--ignore-scripts',
  ]);
