import { explainError, runCommand, WrongUse } from './command-line.ts';
import { deployStacks, GuardedPlan, KINDS } from './deploy/apply.ts';
import { readDigests, servicesWithout } from './deploy/digests.ts';
import { log, openEnvironment, positive, readEnvironmentOptions } from './deploy/environment.ts';
import { isNoWayBack, recordDigests } from './deploy/record.ts';
import { Stopped } from './deploy/stopping.ts';
import { waitUntilSteady } from './deploy/wait.ts';
import type { SynthesisedEnvironment } from './target-stack/synthesised-environment.ts';
import { printable } from './terminal/printable.ts';

const HELP = `npm run rollback -- ENVIRONMENT --to FILE [OPTIONS]
Brings an environment back to the images that ran before a deployment: records their digests, deploys, and waits until all services run
them. It does not bring back stacks or settings: for those, deploy an earlier commit.

  --to FILE           the digests of before: the file that npm run record-digests -- … --previous has written
  --outputs FILE      gets Terraform's outputs as JSON, like that of npm run deploy
  --allow-replacement also applies a plan that destroys or replaces a guarded resource, such as one that a deployment with this option has half
                      applied
  --timeout MINUTES   how long all of it may take                 (50)
  --interval SECONDS  between two looks at them                   (10)
  --dry-run           says what it would record, and changes nothing
  --stacks FOLDER     where npm run synth has written the stacks  (cdktf.out/stacks)
  --help              this text

It needs terraform and the AWS CLI, with the rights of the role image-service-github-apply-ENVIRONMENT.
Exit status 0 if the environment runs what it ran before, 1 if not, 2 for wrong use, 3 if nothing ran before that it could go back to, or
if these images were recorded already and were never proven: then they were deployed again, but may be what has failed.
`;

const OWN = {
  to: { type: 'string' },
  outputs: { type: 'string' },
  'allow-replacement': { type: 'boolean', default: false },
  timeout: { type: 'string', default: '50' },
  interval: { type: 'string', default: '10' },
} as const;

type Again = Pick<Parameters<typeof deployStacks>[1], 'allowsReplacement' | 'outputs' | 'timeoutMinutes'>;

/**
 * A plan that was refused in the deployment is refused again here. Then nothing of that stack has been applied, so the services may still run
 * what they ran before, which the wait finds out. After any other failure it finds out too, but the failure stands.
 */
async function deployAgain(site: SynthesisedEnvironment, again: Again): Promise<unknown> {
  const stacks = KINDS.map((kind) => `${kind}-${site.environment}`);
  const deploying = { ...again, stacks, isPlanOnly: false, planOptions: [], log };
  try {
    await deployStacks(site, deploying);
    return undefined;
  } catch (error) {
    if (error instanceof Stopped) throw error;
    process.stderr.write(`${printable(explainError(error))}\n`);
    return error instanceof GuardedPlan ? undefined : error;
  }
}

async function main(): Promise<number> {
  const { environment, values } = readEnvironmentOptions(HELP, OWN);
  const { to, outputs } = values;
  if (!to) throw new WrongUse('Name the file with the digests of before: --to previous.json.');
  const timeoutMinutes = positive('timeout', values.timeout);
  const intervalSeconds = positive('interval', values.interval);
  const begin = performance.now();
  const wanted = await readDigests(to);
  const without = servicesWithout(wanted);
  if (without.length > 0) {
    log(`Before this deployment, ${without.join(', ')} had no image: there is nothing to go back to.`);
    return 3;
  }
  const site = await openEnvironment(values.stacks, environment);
  const isDryRun = values['dry-run'];
  const isSame = await isNoWayBack(site, wanted);
  await recordDigests(site, { from: to, isDryRun, log });
  if (isDryRun) {
    log(`would deploy ${environment}, and wait until its services run these images`);
    return 0;
  }
  const allowsReplacement = values['allow-replacement'];
  const failure = await deployAgain(site, { allowsReplacement, outputs, timeoutMinutes });
  const leftMinutes = Math.max(0, Math.ceil((timeoutMinutes - (performance.now() - begin) / 60_000) * 10) / 10);
  await waitUntilSteady(site, { timeoutMinutes: leftMinutes, intervalSeconds, log });
  if (isSame) {
    log(
      `${environment} runs these images, but they were recorded before and nobody has proven them: it was not brought back to anything.`,
    );
    return 3;
  }
  log(`${environment} runs what it ran before.`);
  if (!failure) return 0;
  log('But the stacks could not be deployed; the reason stands above.');
  return 1;
}

await runCommand(main);
