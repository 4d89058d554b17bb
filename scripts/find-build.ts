import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { githubOf } from './github/api.ts';
import { findBuild } from './github/find-build.ts';
import { printable } from './terminal/printable.ts';

const HELP = `npm run -s find-build -- --commit SHA [OPTIONS]
Finds the run of GitHub Actions that has built the images of a commit of main, and prints run-id=NUMBER, for the outputs of a workflow's step.
Waits while the run is under way. It takes runs for pushes to main alone, because nobody has reviewed what other runs have built, and only those
that have succeeded: then the images were attested, and staging has proven them.

  --commit SHA       the commit, 40 hex digits
  --workflow FILE    the workflow that builds                     (deploy.yml)
  --artifact NAME    the artifact with the images                 (images)
  --wait MINUTES     for a build that is under way                (45)
  --help             this text

Environment: GITHUB_REPOSITORY (OWNER/NAME), GITHUB_TOKEN with the rights to read actions and contents, and GITHUB_API_URL where it is not GitHub's own.
It changes nothing. Exit status 1 if there is no such build, 2 for wrong use.
`;

const TIMES = { appearSeconds: 120, everySeconds: 20 };

async function main(): Promise<void> {
  const { values } = readArguments(HELP, {
    options: {
      commit: { type: 'string', default: '' },
      workflow: { type: 'string', default: 'deploy.yml' },
      artifact: { type: 'string', default: 'images' },
      wait: { type: 'string', default: '45' },
    },
  });
  const { commit, workflow, artifact, wait } = values;
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new WrongUse(`--commit takes 40 hex digits, not ${commit || 'nothing'}.`);
  if (!/^\d{1,3}$/.test(wait)) throw new WrongUse(`--wait takes a whole number of minutes, not ${wait}.`);
  const log = (line: string) => void process.stderr.write(`${printable(line)}\n`);
  const wanted = { commit, workflow, artifact, waitSeconds: Number(wait) * 60, ...TIMES, log };
  const id = await findBuild(githubOf(process.env), wanted);
  process.stdout.write(`run-id=${id}\n`);
}

await runCommand(main);
