import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../command-line.ts';
import { readEnvironment, type SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { REPOSITORY, SYNTHESISED } from './stale-stacks.ts';
import { WORKLOADS } from './workloads/all-workloads.ts';

/** What a side of a comparison is, unless it says otherwise. */
export interface Usual {
  environment?: string | undefined;
  workload: string;
  stacks: string;
}

export interface Side {
  environment: SynthesisedEnvironment;
  workload: string;
}

const WORKLOAD_FILE = /\.(json|[cm]?[jt]s)$/;

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

const requireEnvironment = ({ environment }: Usual, side: string): string => {
  if (environment !== undefined) return environment;
  throw new CommandError(`${side} names no environment: add --environment, such as --environment prod.`);
};

/**
 * Reads a side: the name of a workload, an environment of the stacks, both as in prod:medium, a folder of other stacks, or a revision of the
 * repository.
 */
export async function readSide(side: string, usual: Usual): Promise<Side> {
  const { workload, stacks } = usual;
  const [, name, ofName] = /^([a-z0-9-]+):(.+)$/.exec(side) ?? [];
  if (name && ofName && isFolder(join(stacks, `platform-${name}`)))
    return { workload: ofName, environment: await readEnvironment(stacks, name) };
  if (Object.hasOwn(WORKLOADS, side) || WORKLOAD_FILE.test(side))
    return { workload: side, environment: await readEnvironment(stacks, requireEnvironment(usual, side)) };
  if (isFolder(join(stacks, `platform-${side}`))) return { workload, environment: await readEnvironment(stacks, side) };
  const environment = requireEnvironment(usual, side);
  if (isFolder(side)) return { workload, environment: await readEnvironment(side, environment) };
  return { workload, environment: await readRevision(side, environment) };
}

const noSide = (side: string, why: string): CommandError =>
  new CommandError(`"${side}" is no workload, environment, folder or revision whose stacks can be synthesised${why}`);

/** The commit that a revision names. What begins like an option of git is none. */
function commitOf(revision: string): string {
  const { ok, output } = run(
    'git',
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
    REPOSITORY,
  );
  if (!ok) throw noSide(revision, output ? `: ${output}` : '.');
  return output;
}

function run(program: string, args: readonly string[], cwd: string): { ok: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  return { ok: status === 0, output: error ? error.message : `${stdout}${stderr}`.trim() };
}

/** Synthesises the stacks of a revision in a temporary folder, with the packages that are installed here. */
async function readRevision(revision: string, environment: string): Promise<SynthesisedEnvironment> {
  const commit = commitOf(revision);
  const folder = mkdtempSync(join(tmpdir(), 'cost-of-revision-'));
  try {
    const archive = join(folder, 'source.tar');
    const steps: [program: string, args: string[], cwd: string][] = [
      ['git', ['archive', '--output', archive, commit], REPOSITORY],
      ['tar', ['-xf', archive], folder],
      [process.execPath, ['stacks/main.ts'], folder],
    ];
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
    for (const [program, args, cwd] of steps) {
      const { ok, output } = run(program, args, cwd);
      if (!ok) throw noSide(revision, `. ${program} says: ${output}`);
    }
    return await readEnvironment(join(folder, SYNTHESISED), environment);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
