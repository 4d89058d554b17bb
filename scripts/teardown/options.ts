import { readArguments, WrongUse } from '../command-line.ts';
import { oneEnvironment } from '../target-stack/environment-name.ts';

const HELP = `npm run teardown -- ENVIRONMENT [OPTIONS]
Destroys the platform of an environment without hanging: its tasks end first, then its instances, then terraform destroy removes the rest.
It does not touch the storage stack, which has the images, the table and the queue.

  --yes            does not ask for confirmation; not for prod
  --confirm WORDS  the words that it would ask for: the environment's name, or for prod: destroy prod
  --stacks FOLDER  where cdktf has synthesised the stacks              (cdktf.out/stacks)
  --wait SECONDS   for tasks, and then for instances, to end          (1200)
  --help           this text

It needs the AWS CLI and terraform, with credentials for the environment's account.
Exit status 1 if something is left, 2 for wrong use.
`;

export interface TeardownOptions {
  environment: string;
  isConfirmed: boolean;
  stacks: string;
  waitSeconds: number;
}

/** What somebody types to confirm the end of an environment. Prod needs two words, which nobody types by habit. */
export const confirmationOf = (environment: string): string => (environment === 'prod' ? 'destroy prod' : environment);

export function readOptions(args: string[]): TeardownOptions {
  const { values, positionals } = parse(args);
  const environment = oneEnvironment(positionals, 'npm run teardown -- dev');
  const { yes, confirm } = values;
  const words = confirmationOf(environment);
  if (confirm !== undefined && confirm !== words)
    throw new WrongUse(`Nothing was done: ${environment} is confirmed by "${words}", not by "${confirm}".`);
  if (yes && words !== environment) throw new WrongUse(`--yes is not enough for ${environment}: --confirm "${words}".`);
  const waitSeconds = Number(values.wait);
  if (!Number.isInteger(waitSeconds) || waitSeconds < 1)
    throw new WrongUse(`--wait takes a whole number of seconds, not ${values.wait}.`);
  return { environment, isConfirmed: yes || confirm === words, stacks: values.stacks, waitSeconds };
}

function parse(args: string[]) {
  return readArguments(HELP, {
    args,
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
      confirm: { type: 'string' },
      stacks: { type: 'string', default: 'cdktf.out/stacks' },
      wait: { type: 'string', default: '1200' },
    },
  });
}
