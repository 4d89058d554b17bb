import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '../../shared/contracts/names.ts';
import { CommandError } from '../command-line.ts';
import { type Aws, awsIn } from './aws-cli.ts';

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has a shape of its own for every type of resource.
export type Values = Record<string, any>;

/** A synthesised stack. */
export interface Stack {
  terraform?: { required_version?: string };
  provider: { aws: { alias?: string; region: string; allowed_account_ids: string[]; default_tags?: Values[] }[] };
  resource: Record<string, Record<string, Values>>;
}

/** An environment as npm run synth has written it: its account, its region and its stacks. */
export interface SynthesisedEnvironment extends Deployment {
  /** The folder of the stacks. */
  folder: string;
  platform: Stack;
  storage: Stack;
  /** The bootstrap stack of the account and region, with its name; undefined where it is not synthesised. */
  bootstrap?: { name: string; stack: Stack };
  /** The platforms of all environments in this account and region, by environment. */
  platforms: Record<string, Stack>;
  /** Asks AWS in a region, by default the environment's. */
  aws(region?: string): Aws;
}

export const resourcesOf = ({ resource }: Pick<Stack, 'resource'>, type: string): Values[] =>
  Object.values(resource[type] ?? {});

/** The strings in a stack, without CDKTF's metadata. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === '//' ? [] : textsIn(each)));
}

/** The account and region of the default provider. */
function addressOf(stack: Stack): { accountId: string; region: string } | undefined {
  const main = stack.provider?.aws?.find(({ alias }) => !alias);
  const [accountId] = main?.allowed_account_ids ?? [];
  return main && accountId ? { accountId, region: main.region } : undefined;
}

export const readEnvironment = async (folder: string, environment: string): Promise<SynthesisedEnvironment> =>
  environmentIn(await readStacks(folder), { folder, environment });

/** An environment among synthesised stacks, which have their names. */
export function environmentIn(
  stacks: Readonly<Record<string, Stack>>,
  { folder, environment }: { folder: string; environment: string },
): SynthesisedEnvironment {
  const [platform, storage] = [stacks[`platform-${environment}`], stacks[`storage-${environment}`]];
  const place = platform && addressOf(platform);
  if (!storage || !place)
    throw new CommandError(
      `${folder} has no platform-${environment} and storage-${environment}. Is there an environment ${environment}? If so: npm run synth, which says what is wrong with it, and try again.`,
    );
  const here = Object.entries(stacks).filter(([, stack]) => JSON.stringify(addressOf(stack)) === JSON.stringify(place));
  const platforms = here.flatMap(([name, stack]) =>
    name.startsWith('platform-') ? [[name.slice('platform-'.length), stack] as const] : [],
  );
  const [account] = here.filter(([, stack]) => resourcesOf(stack, 'aws_ecr_repository').length > 0);
  return {
    ...{ environment, ...place, folder, platform, storage, platforms: Object.fromEntries(platforms) },
    ...(account && { bootstrap: { name: account[0], stack: account[1] } }),
    aws: (region = place.region) => awsIn(region),
  };
}

async function readStacks(folder: string): Promise<Record<string, Stack>> {
  const names = await readdir(folder).catch(orNothing([]));
  const read = async (name: string): Promise<[string, Stack][]> => {
    const file = join(folder, name, 'cdk.tf.json');
    const text = await readFile(file, 'utf8').catch(orNothing(undefined));
    return text ? [[name, stackOf(text, file)]] : [];
  };
  return Object.fromEntries((await Promise.all(names.map(read))).flat());
}

function stackOf(text: string, file: string): Stack {
  try {
    const stack = JSON.parse(text);
    if (typeof stack?.resource === 'object' && stack.resource !== null) return stack;
  } catch (error) {
    throw new CommandError(
      `${file} could not be read as JSON: ${(error as Error).message}. Write it again: npm run synth`,
    );
  }
  throw new CommandError(`${file} is no stack of Terraform: it has no resources. Write it again: npm run synth`);
}

/** Tolerates missing files: a stack with a mistake is not synthesised, before the first synthesis there is no folder, and a file beside the stacks is none. */
const orNothing =
  <Nothing>(nothing: Nothing) =>
  (error: NodeJS.ErrnoException): Nothing => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
      throw new CommandError(`The synthesised stacks cannot be read: ${error.message}`);
    return nothing;
  };
