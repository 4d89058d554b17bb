import { runCommand, WrongUse } from './command-line.ts';
import { log, openEnvironment, readEnvironmentOptions } from './deploy/environment.ts';
import { recordDigests, recordProven } from './deploy/record.ts';

const HELP = `npm run record-digests -- ENVIRONMENT --from FILE [OPTIONS]
Writes the digests of a build's images into the environment's parameters in SSM. The next npm run deploy starts these images.
Refuses digests that the environment's repositories in ECR do not have. If a parameter cannot be written, puts back those that were.

  --from FILE      the digests: digests.json of npm run images -- build, or a file that --previous has written
  --previous FILE  gets the digests to go back to by npm run rollback, before anything changes: those proven last, or where none were, those
                   recorded until now. There is no such file where there were none, or none but those that are to be recorded
  --proven         records instead that these images work, after npm run smoke: they must be those recorded now
  --dry-run        says what it would write, and writes nothing
  --stacks FOLDER  where npm run synth has written the stacks  (cdktf.out/stacks)
  --help           this text

It needs the AWS CLI, with the rights of the role image-service-github-deploy-ENVIRONMENT.
Exit status 1 if the digests are not recorded, 2 for wrong use.
`;

async function main(): Promise<void> {
  const own = {
    from: { type: 'string' },
    previous: { type: 'string' },
    proven: { type: 'boolean', default: false },
  } as const;
  const { environment, values } = readEnvironmentOptions(HELP, own);
  const { from, previous, proven } = values;
  if (!from) throw new WrongUse('Name the file with the digests: --from digests.json.');
  if (proven && previous) throw new WrongUse('--previous is for recording what is to run, --proven for what has run.');
  const site = await openEnvironment(values.stacks, environment);
  const isDryRun = values['dry-run'];
  if (proven) await recordProven(site, { from, isDryRun, log });
  else await recordDigests(site, { from, previous, isDryRun, log });
}

await runCommand(main);
