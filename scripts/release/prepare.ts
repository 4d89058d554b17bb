import { readFile, writeFile } from 'node:fs/promises';
import { CommandError, WrongUse } from '../command-line.ts';
import { type Section, saysSomething, sectionsOf, UNRELEASED, withRelease } from './changelog.ts';
import { annotate, git, setVersion } from './tools.ts';
import { compareVersions, STEPS, versionAfter } from './version.ts';

export const CHANGELOG = 'CHANGELOG.md';

export interface Release {
  version: string;
  tag: string;
  /** The day of the release in UTC, as YYYY-MM-DD. */
  date: string;
  /** What the version changes, which becomes the message of the tag. */
  notes: string;
}

export const currentVersion = async (): Promise<string> => JSON.parse(await readFile('package.json', 'utf8')).version;

export const readSections = async (): Promise<Section[]> => sectionsOf(await readFile(CHANGELOG, 'utf8'));

/** Finds what a release would be. Refuses a checkout from which none can be made. */
export async function planRelease(asked: string, branch: string): Promise<Release> {
  const current = await currentVersion();
  const version = versionAfter(current, asked);
  if (!version) throw new WrongUse(`A release is ${STEPS.join(', ')} or a version such as 1.2.3, not ${asked}.`);
  await checkCheckout(branch);
  const sections = await readSections();
  checkVersion(version, current, sections);
  const tag = `v${version}`;
  if (await git('tag', '--list', tag)) throw new CommandError(`The tag ${tag} exists. Choose another version.`);
  const unreleased = sections.find(({ name }) => name === UNRELEASED);
  if (!unreleased || !saysSomething(unreleased))
    throw new CommandError(`${CHANGELOG} has nothing below "${UNRELEASED}". Write there what this release changes.`);
  return { version, tag, date: new Date().toISOString().slice(0, 10), notes: unreleased.text };
}

async function checkCheckout(branch: string): Promise<void> {
  const present = await git('rev-parse', '--abbrev-ref', 'HEAD');
  if (present !== branch)
    throw new CommandError(`A release is made on ${branch}, and this is ${present}. Change to it, or give --branch.`);
  const changed = await git('status', '--porcelain');
  if (changed) throw new CommandError(`These files differ from the last commit. Commit or remove them:\n${changed}`);
}

/** The version of package.json may be released if it has not been: then the first release needs no new number. */
function checkVersion(version: string, current: string, sections: Section[]): void {
  if (compareVersions(version, current) < 0)
    throw new CommandError(`${version} is older than ${current}, which package.json has.`);
  const released = sections.find(({ name }) => name !== UNRELEASED)?.name;
  if (released && compareVersions(version, released) <= 0)
    throw new CommandError(`${version} is not newer than ${released}, which ${CHANGELOG} has.`);
}

/** Writes, commits and tags a release. Without the commit, all files are as they were. */
export async function makeRelease(release: Release): Promise<void> {
  await commitRelease(release);
  await annotate(release.tag, `${subjectOf(release)}\n\n${release.notes}\n`);
}

export const subjectOf = ({ version }: Release): string => `Release ${version}`;

export const branchOf = ({ version }: Release): string => `release-${version}`;

/** The same for a pull request: on a branch of its own, and without a tag, because a merge makes another commit. */
export async function proposeRelease(release: Release): Promise<void> {
  const branch = branchOf(release);
  await git('switch', '--quiet', '--create', branch);
  try {
    await commitRelease(release);
  } catch (error) {
    await git('switch', '--quiet', '-');
    await git('branch', '--quiet', '--delete', '--force', branch);
    throw error;
  }
}

async function commitRelease(release: Release): Promise<void> {
  try {
    await writeFile(CHANGELOG, withRelease(await readFile(CHANGELOG, 'utf8'), release.version, release.date));
    await setVersion(release.version);
    await git('commit', '--all', '--message', subjectOf(release));
  } catch (error) {
    await git('reset', '--hard', '--quiet');
    throw error;
  }
}
