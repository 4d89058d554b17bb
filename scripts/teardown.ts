import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { CommandError, runCommand } from './command-line.ts';
import { type Aws, awsIn } from './target-stack/aws-cli.ts';
import { requireAccount } from './target-stack/require-account.ts';
import { endInstances } from './teardown/end-instances.ts';
import { endTasks } from './teardown/end-tasks.ts';
import { confirmationOf, readOptions, type TeardownOptions } from './teardown/options.ts';
import { type Platform, readPlatform } from './teardown/platform.ts';
import { printable } from './terminal/printable.ts';

const log = (line: string): void => void process.stdout.write(`${printable(line)}\n`);

async function tearDown({ environment, isConfirmed, stacks, waitSeconds }: TeardownOptions): Promise<void> {
  const platform = await readPlatform(stacks, environment);
  if (!isConfirmed && !(await isConfirmedBySomebody(platform))) throw new CommandError('Nothing was done.');
  const aws = awsIn(platform.region);
  await requireAccount(aws, platform);
  const { cluster } = platform;
  await checkProtection(aws, platform);
  await endTasks(aws, { cluster, waitSeconds, log });
  await endInstances(aws, { cluster, waitSeconds, log });
  await terraform(platform, 'init', '-input=false');
  await terraform(platform, 'destroy', '-input=false', '-auto-approve');
  log(
    `The platform of ${environment} is gone. Its images are where they were; npm run deploy -- ${environment} makes it again.`,
  );
}

async function isConfirmedBySomebody({ environment, accountId, region }: Platform): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const words = confirmationOf(environment);
  const question = `This ends the service of ${environment} in account ${accountId}, ${region}. Type ${words} to go on: `;
  const answer = await Promise.race([terminal.question(question), once(terminal, 'close').then(() => '')]);
  terminal.close();
  return answer.trim() === words;
}

/**
 * Asks AWS, because the settings in the stack may not have been applied. No task may be ended if terraform could not destroy the rest
 * afterwards.
 */
async function checkProtection(aws: Aws, { cluster, environment }: Platform): Promise<void> {
  const { LoadBalancers } = await aws('elbv2', 'describe-load-balancers');
  for (const { LoadBalancerName, LoadBalancerArn } of LoadBalancers) {
    if (![cluster, `${cluster}-int`].includes(LoadBalancerName)) continue;
    const named = ['--load-balancer-arn', LoadBalancerArn];
    const { Attributes } = await aws('elbv2', 'describe-load-balancer-attributes', ...named);
    const isProtected = Attributes.some(
      ({ Key, Value }: { Key: string; Value: string }) => Key === 'deletion_protection.enabled' && Value === 'true',
    );
    if (isProtected)
      throw new CommandError(
        `The load balancer ${LoadBalancerName} is protected from deletion. Set loadBalancer.deletionProtection: false in ${environment}, deploy it, and try again.`,
      );
  }
}

async function terraform({ folder }: Platform, ...args: string[]): Promise<void> {
  const child = spawn('terraform', [`-chdir=${folder}`, ...args], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new CommandError(`terraform ${args[0]} ended with ${code}; its reason stands above.`);
}

await runCommand(() => tearDown(readOptions(process.argv.slice(2))));
