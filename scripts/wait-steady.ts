import { runCommand } from './command-line.ts';
import { log, openEnvironment, positive, readEnvironmentOptions } from './deploy/environment.ts';
import { recordedImages, waitUntilSteady } from './deploy/wait.ts';

const HELP = `npm run wait-steady -- ENVIRONMENT [OPTIONS]
Waits until each ECS service of an environment has one deployment, which is complete and runs the recorded image. Fails as soon as ECS has
given a deployment up or gone back to an earlier one, and says what ECS says about it.

  --timeout MINUTES   how long to wait                            (50)
  --interval SECONDS  between two looks                           (10)
  --dry-run           says which images it would wait for, and waits for nothing
  --stacks FOLDER     where npm run synth has written the stacks  (cdktf.out/stacks)
  --help              this text

It needs the AWS CLI, with the rights of the role image-service-github-apply-ENVIRONMENT.
Exit status 1 if a service is not steady in time or runs something else, 2 for wrong use.
`;

async function main(): Promise<void> {
  const own = { timeout: { type: 'string', default: '50' }, interval: { type: 'string', default: '10' } } as const;
  const { environment, values } = readEnvironmentOptions(HELP, own);
  const timeoutMinutes = positive('timeout', values.timeout);
  const intervalSeconds = positive('interval', values.interval);
  const site = await openEnvironment(values.stacks, environment);
  if (values['dry-run']) {
    const { images } = await recordedImages(site);
    for (const [service, digest] of Object.entries(images)) log(`would wait until ${service} runs ${digest}`);
    return;
  }
  await waitUntilSteady(site, { timeoutMinutes, intervalSeconds, log });
  log(`All services of ${environment} are steady and run the recorded images.`);
}

await runCommand(main);
