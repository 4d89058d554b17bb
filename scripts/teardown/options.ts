import { readArguments, WrongUse } from '../command-line.ts';

const HELP = `npm run teardown -- ENVIRONMENT [OPTIONS]
Destroys the platform of an environment without hanging: its tasks end first, then its instances, then terraform destroy removes the rest.
It does not touch the storage stack, which has the images, the table and the queue.

  --yes            does not ask for confirmation
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

export function readOptions(args: string[]): TeardownOptions {
  const { values, positionals } = parse(args);
  const [environment, ...rest] = positionals;
  if (!environment || rest.length > 0) throw new WrongUse('Name one environment: npm run teardown -- dev');
  const waitSeconds = Number(values.wait);
  if (!Number.isInteger(waitSeconds) || waitSeconds < 1)
    throw new WrongUse(`--wait takes a whole number of seconds, not ${values.wait}.`);
  return { environment, isConfirmed: values.yes, stacks: values.stacks, waitSeconds };
}

function parse(args: string[]) {
  return readArguments(HELP, {
    args,
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
      stacks: { type: 'string', default: 'cdktf.out/stacks' },
      wait: { type: 'string', default: '1200' },
    },
  });
}
