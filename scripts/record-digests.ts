import { runCommand, WrongUse } from './command-line.ts';
import { log, openEnvironment, readEnvironmentOptions } from './deploy/environment.ts';
import { recordDigests } from './deploy/record.ts';

const HELP = `npm run record-digests -- ENVIRONMENT --from FILE [OPTIONS]
Writes the digests of a build's images into the environment's parameters in SSM. The next npm run deploy starts these images.
Refuses digests that the environment's repositories in ECR do not have. If a parameter cannot be written, puts back those that were.

  --from FILE      the digests: digests.json of npm run images -- build, or a file that --previous has written
  --previous FILE  gets the digests that were recorded until now, for npm run rollback, before anything changes; there is no such file where
                   nothing was recorded
  --dry-run        says what it would write, and writes nothing
  --stacks FOLDER  where npm run synth has written the stacks  (cdktf.out/stacks)
  --help           this text

It needs the AWS CLI, with the rights of the role image-service-github-deploy-ENVIRONMENT.
Exit status 1 if the digests are not recorded, 2 for wrong use.
`;

async function main(): Promise<void> {
  const own = { from: { type: 'string' }, previous: { type: 'string' } } as const;
  const { environment, values } = readEnvironmentOptions(HELP, own);
  const { from, previous } = values;
  if (!from) throw new WrongUse('Name the file with the digests: --from digests.json.');
  const site = await openEnvironment(values.stacks, environment);
  await recordDigests(site, { from, previous, isDryRun: values['dry-run'], log });
}

await runCommand(main);
