import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesOf } from '../../shared/contracts/names.ts';
import { CommandError } from '../command-line.ts';

/** The platform to tear down, read from its synthesised stack. */
export interface Platform {
  environment: string;
  accountId: string;
  region: string;
  /** The ECS cluster's name. */
  cluster: string;
  /** The folder in which Terraform runs. */
  folder: string;
}

interface Synthesised {
  provider: { aws: { alias?: string; region: string; allowed_account_ids: string[] }[] };
  resource: Record<string, Record<string, { enable_deletion_protection?: boolean }>>;
}

export async function readPlatform(stacks: string, environment: string): Promise<Platform> {
  const folder = join(stacks, `platform-${environment}`);
  const { provider, resource } = await readStack(folder, environment);
  const protectedOnes = Object.values(resource.aws_lb ?? {}).filter((lb) => lb.enable_deletion_protection);
  if (protectedOnes.length > 0)
    throw new CommandError(
      `The load balancer of ${environment} is protected. Set loadBalancer.deletionProtection to false in stacks/environments/${environment}.ts, deploy platform-${environment}, and try again.`,
    );
  const main = provider.aws.find(({ alias }) => !alias);
  const [accountId] = main?.allowed_account_ids ?? [];
  if (!main || !accountId) throw new CommandError(`${folder} does not say in which account and region it is.`);
  const { cluster } = namesOf({ environment, accountId, region: main.region });
  return { environment, accountId, region: main.region, cluster, folder };
}

async function readStack(folder: string, environment: string): Promise<Synthesised> {
  try {
    return JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CommandError(
      `There is no ${folder}. Is there an environment ${environment}? If so: npm run synth, and try again.`,
    );
  }
}
