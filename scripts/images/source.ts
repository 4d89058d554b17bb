import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../command-line.ts';
import { run } from './run-program.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What the images are built from, and what their labels say about it. */
export interface Source {
  /** A folder with the files of the commit. */
  folder: string;
  version: string;
  /** The 40 digits of the commit. */
  revision: string;
  /** Seconds since 1970 of the commit. */
  timestamp: number;
  /** Where the source code is published; empty where that is unknown. */
  url: string;
}

const git = async (...args: string[]): Promise<string> => (await run(['git', ...args], { cwd: PROJECT })).trim();

/**
 * Writes the files of a commit into a folder, all with the same modes and none from the working tree, so that one commit gives one image
 * wherever and whenever it is built.
 */
export async function checkOut(revision: string, folder: string, url?: string): Promise<Source> {
  const commit = await git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`).catch(() => {
    throw new CommandError(`There is no commit ${revision}. In a shallow clone: git fetch --unshallow.`);
  });
  await mkdir(folder, { recursive: true });
  const archive = `${folder}.tar`;
  await git('-c', 'tar.umask=0022', 'archive', '--format=tar', `--output=${archive}`, commit);
  await run([
    'tar',
    '--extract',
    '--no-same-owner',
    '--preserve-permissions',
    '--file',
    archive,
    '--directory',
    folder,
  ]);
  await rm(archive);
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const timestamp = Number(await git('show', '--no-patch', '--format=%ct', commit));
  return { folder, version, revision: commit, timestamp, url: url === undefined ? await remoteUrl() : givenUrl(url) };
}

function givenUrl(url: string): string {
  const clean = browsable(url);
  if (clean) return clean;
  throw new CommandError('--source takes the address of a repository, such as https://github.com/OWNER/NAME.');
}

/** The address of the remote for a browser, without credentials, which an URL of git may contain. */
async function remoteUrl(): Promise<string> {
  return browsable(await git('remote', 'get-url', 'origin').catch(() => ''));
}

/** As SSH has it: `git@github.com:owner/name.git`. */
const SCP = /^(?:[^@:/]+@)?([\w.-]+):(?!\/\/)\/?(.+)$/;

/**
 * What is left of an URL is host and path alone, because a label of an image is read by everybody: names, passwords, queries and fragments may be
 * credentials. A path in which one might be hidden has no address.
 */
export function browsable(remote: string): string {
  const url = URL.parse(remote.replace(SCP, 'ssh://$1/$2'));
  if (!url || !/^(https?|ssh|git):$/.test(url.protocol) || !/^[\w.-]+\.[a-z]+$/.test(url.hostname)) return '';
  const path = url.pathname.replace(/(\.git)?\/*$/, '');
  return /^(\/[\w.~+-]+)+$/.test(path) ? `https://${url.hostname}${path}` : '';
}

/** Files here that differ from those of a commit, or are in none, so that nobody is surprised by what is not in an image. */
export async function unlike({ revision }: Source): Promise<string[]> {
  const places = ['package.json', 'package-lock.json', '.dockerignore', 'shared', 'containers'];
  const [changed, unknown] = [
    await git('diff', '--name-only', revision, '--', ...places),
    await git('ls-files', '--others', '--exclude-standard', '--', ...places),
  ];
  return `${changed}\n${unknown}`.split('\n').filter((line) => line !== '');
}
