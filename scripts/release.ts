import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import { saysSomething } from './release/changelog.ts';
import { CHANGELOG, currentVersion, makeRelease, planRelease, type Release, readSections } from './release/prepare.ts';

const HELP = `npm run release -- major | minor | patch | X.Y.Z [--branch NAME] [--dry-run]
npm run -s release -- --notes [X.Y.Z]
Prepares a release in this checkout: moves what is below "Unreleased" in CHANGELOG.md under the version and the date of today (UTC), writes
the version into every package.json and the lockfile, commits that, and tags the commit. Pushes nothing, and says what to push.

  --branch NAME  the branch on which releases are made (main)
  --dry-run      says what it would do, and changes nothing
  --notes        prints what CHANGELOG.md says about a version, by default that of package.json, for a release on GitHub
  --help         this text

Exit status 1 where no release can be made: on another branch, with changed files, with nothing below "Unreleased", or with a version that is
not newer. Exit status 2 for wrong use.
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function printNotes(version: string): Promise<void> {
  const section = (await readSections()).find(({ name }) => name === version);
  if (!section || !saysSomething(section)) throw new CommandError(`${CHANGELOG} says nothing about ${version}.`);
  say(section.text);
}

const explained = ({ version, tag, date, notes }: Release): string => `Release ${version} of ${date}

${CHANGELOG}: "Unreleased" becomes "[${version}] - ${date}":

${notes}

package.json, package-lock.json and the package.json of each workspace: version ${version}
git commit --all --message "Release ${version}"
git tag --annotate ${tag}, with the text above`;

const next = ({ version, tag }: Release, branch: string): string => `
Then:
  git push origin ${branch} ${tag}
    deploy.yml builds the images of this commit and deploys them to staging. Wait until it is green.
  gh release create ${tag} --verify-tag --title "${version}" --notes "$(npm run -s release -- --notes ${version})"
    deploy.yml takes the same images to prod, when a reviewer of the environment has approved.
To undo it before the push: git tag --delete ${tag} && git reset --hard HEAD~1`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, {
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      branch: { type: 'string', default: 'main' },
      'dry-run': { type: 'boolean', default: false },
      notes: { type: 'boolean', default: false },
    },
  });
  const [asked, ...more] = positionals;
  if (more.length > 0) throw new WrongUse(`One version at a time, not ${positionals.join(' ')}.`);
  if (values.notes) return printNotes(asked ?? (await currentVersion()));
  if (!asked) throw new WrongUse('Say which release: major, minor, patch or a version such as 1.2.3.');
  const release = await planRelease(asked, values.branch);
  say(explained(release));
  if (values['dry-run']) say('\nNothing was changed (--dry-run).');
  else await makeRelease(release);
  say(next(release, values.branch));
}

await runCommand(main);
