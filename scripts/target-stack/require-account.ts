import { CommandError } from '../command-line.ts';
import type { Aws } from './aws-cli.ts';

/** Refuses credentials of another account than that of the environment. */
export async function requireAccount(
  aws: Aws,
  { accountId, environment }: { accountId: string; environment: string },
): Promise<void> {
  const { Account } = await aws('sts', 'get-caller-identity');
  if (Account !== accountId)
    throw new CommandError(`These are credentials of account ${Account}, but ${environment} is in ${accountId}.`);
}
