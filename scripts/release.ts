import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import { saysSomething } from './release/changelog.ts';
import {
  branchOf,
  CHANGELOG,
  currentVersion,
  makeRelease,
  planRelease,
  proposeRelease,
  type Release,
  readSections,
  subjectOf,
} from './release/prepare.ts';

const HELP = `npm run release -- major | minor | patch | X.Y.Z [--pull-request] [--branch NAME] [--dry-run]
npm run -s release -- --notes [X.Y.Z]
Prepares a release in this checkout: moves what is below "Unreleased" in CHANGELOG.md under the version and the date of today (UTC), writes
the version into every package.json and the lockfile, commits that, and tags the commit. Pushes nothing, and says what to push.

  --pull-request  commits on a branch release-X.Y.Z and makes no tag, for a main that takes pull requests only
  --branch NAME   the branch on which releases are made (main)
  --dry-run       says what it would do, and changes nothing
  --notes         prints what CHANGELOG.md says about a version, by default that of package.json, for a release on GitHub
  --help          this text

Exit status 1 where no release can be made: on another branch, with changed files, with nothing below "Unreleased", or with a version that is
not newer. Exit status 2 for wrong use.
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function printNotes(version: string): Promise<void> {
  const section = (await readSections()).find(({ name }) => name === version);
  if (!section || !saysSomething(section)) throw new CommandError(`${CHANGELOG} says nothing about ${version}.`);
  say(section.text);
}

interface Way {
  branch: string;
  isProposed: boolean;
}

const explained = (release: Release, { isProposed }: Way): string => `${subjectOf(release)} of ${release.date}

${CHANGELOG}: "Unreleased" becomes "[${release.version}] - ${release.date}":

${release.notes}

package.json, package-lock.json and the package.json of each workspace: version ${release.version}
${isProposed ? `git switch --create ${branchOf(release)}\n` : ''}git commit --all --message "${subjectOf(release)}"
${isProposed ? 'no tag' : `git tag --annotate ${release.tag}, with the text above`}`;

const publish = ({ version, tag }: Release, how: string): string =>
  `  gh release create ${tag} ${how} --title "${version}" --notes "$(npm run -s release -- --notes ${version})"
    deploy.yml takes the same images to prod, when a reviewer of the environment has approved.`;

const BUILT = 'deploy.yml builds the images of this commit and deploys them to staging. Wait until it is green.';

const next = (release: Release, { branch }: Way): string => `
Then:
  git push origin ${branch} ${release.tag}
    ${BUILT}
${publish(release, '--verify-tag')}
To undo it before the push: git tag --delete ${release.tag} && git reset --hard HEAD~1`;

const nextOfProposed = (release: Release, { branch }: Way): string => `
Then:
  git push --set-upstream origin ${branchOf(release)} && gh pr create --fill
    When it is merged, ${BUILT}
${publish(release, `--target $(gh pr view ${branchOf(release)} --json mergeCommit --jq .mergeCommit.oid)`)}
To undo it before the push: git switch ${branch} && git branch --delete --force ${branchOf(release)}`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, {
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      branch: { type: 'string', default: 'main' },
      'pull-request': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      notes: { type: 'boolean', default: false },
    },
  });
  const [asked, ...more] = positionals;
  if (more.length > 0) throw new WrongUse(`One version at a time, not ${positionals.join(' ')}.`);
  if (values.notes) return printNotes(asked ?? (await currentVersion()));
  if (!asked) throw new WrongUse('Say which release: major, minor, patch or a version such as 1.2.3.');
  const release = await planRelease(asked, values.branch);
  const way = { branch: values.branch, isProposed: values['pull-request'] };
  say(explained(release, way));
  if (values['dry-run']) say('\nNothing was changed (--dry-run).');
  else await (way.isProposed ? proposeRelease : makeRelease)(release);
  say((way.isProposed ? nextOfProposed : next)(release, way));
}

await runCommand(main);
