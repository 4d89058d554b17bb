import { explainError, runCommand, WrongUse } from './command-line.ts';
import { deployStacks, GuardedPlan, KINDS } from './deploy/apply.ts';
import { readDigests, servicesWithout } from './deploy/digests.ts';
import { log, openEnvironment, positive, readEnvironmentOptions } from './deploy/environment.ts';
import { recordDigests } from './deploy/record.ts';
import { waitUntilSteady } from './deploy/wait.ts';
import type { SynthesisedEnvironment } from './target-stack/synthesised-environment.ts';

const HELP = `npm run rollback -- ENVIRONMENT --to FILE [OPTIONS]
Brings an environment back to the images that ran before a deployment: records their digests, deploys, and waits until all services run
them. It does not bring back stacks or settings: for those, deploy an earlier commit.

  --to FILE           the digests of before: the file that npm run record-digests -- … --previous has written
  --outputs FILE      gets Terraform's outputs as JSON, like that of npm run deploy
  --timeout MINUTES   how long to wait for the services           (50)
  --interval SECONDS  between two looks at them                   (10)
  --dry-run           says what it would record, and changes nothing
  --stacks FOLDER     where npm run synth has written the stacks  (cdktf.out/stacks)
  --help              this text

It needs terraform and the AWS CLI, with the rights of the role image-service-github-apply-ENVIRONMENT.
Exit status 0 if the environment runs what it ran before, 1 if not, 2 for wrong use, 3 if nothing ran before that it could go back to.
`;

const OWN = {
  to: { type: 'string' },
  outputs: { type: 'string' },
  timeout: { type: 'string', default: '50' },
  interval: { type: 'string', default: '10' },
} as const;

/**
 * A plan that was refused in the deployment is refused again here. Then nothing of that stack has been applied, so the services may still run
 * what they ran before, which the wait finds out. After any other failure it finds out too, but the failure stands.
 */
async function deployAgain(site: SynthesisedEnvironment, outputs: string | undefined): Promise<unknown> {
  const stacks = KINDS.map((kind) => `${kind}-${site.environment}`);
  const deploying = { stacks, isPlanOnly: false, allowsReplacement: false, planOptions: [], outputs, log };
  try {
    await deployStacks(site, deploying);
    return undefined;
  } catch (error) {
    process.stderr.write(`${explainError(error)}\n`);
    return error instanceof GuardedPlan ? undefined : error;
  }
}

async function main(): Promise<number> {
  const { environment, values } = readEnvironmentOptions(HELP, OWN);
  const { to, outputs } = values;
  if (!to) throw new WrongUse('Name the file with the digests of before: --to previous.json.');
  const waiting = {
    timeoutMinutes: positive('timeout', values.timeout),
    intervalSeconds: positive('interval', values.interval),
    log,
  };
  const without = servicesWithout(await readDigests(to));
  if (without.length > 0) {
    log(`Before this deployment, ${without.join(', ')} had no image: there is nothing to go back to.`);
    return 3;
  }
  const site = await openEnvironment(values.stacks, environment);
  const isDryRun = values['dry-run'];
  await recordDigests(site, { from: to, isDryRun, log });
  if (isDryRun) {
    log(`would deploy ${environment}, and wait until its services run these images`);
    return 0;
  }
  const failure = await deployAgain(site, outputs);
  await waitUntilSteady(site, waiting);
  log(`${environment} runs what it ran before.`);
  if (!failure) return 0;
  log('But the stacks could not be deployed; the reason stands above.');
  return 1;
}

await runCommand(main);
