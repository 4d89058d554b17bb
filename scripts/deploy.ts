import { join } from 'node:path';
import { runCommand, WrongUse } from './command-line.ts';
import { deployStacks, GuardedPlan, KINDS } from './deploy/apply.ts';
import { log, openEnvironment, positive, readEnvironmentOptions } from './deploy/environment.ts';
import { isEmpty } from './deploy/plan.ts';
import type { SynthesisedEnvironment } from './target-stack/synthesised-environment.ts';
import { printable } from './terminal/printable.ts';

const HELP = `npm run deploy -- ENVIRONMENT [OPTIONS]
Brings an environment to what npm run synth has written: for storage-ENVIRONMENT and then platform-ENVIRONMENT it makes a plan, judges it,
and applies the very plan that it has judged. A plan that destroys or replaces what holds data, addresses or the network is refused.

  --stack NAME         only this stack: storage or platform
  --plan-only          plans and judges, and applies nothing
  --allow-replacement  also applies a plan that destroys or replaces a guarded resource
  --no-refresh         with --plan-only: compares with the state alone, and asks AWS for no descriptions
  --no-lock            with --plan-only: holds no lock on the state
  --expect-no-changes  with --plan-only: exit status 3 if a plan is not empty, to notice drift
  --summary FILE       gets the summary of the plans as Markdown (npm run plan-summary)
  --outputs FILE       gets Terraform's outputs as JSON, by name; sensitive ones are left out
  --timeout MINUTES    how long all of it may take: then Terraform is interrupted, and ends in order  (50)
  --dry-run            says what it would run, and runs nothing
  --stacks FOLDER      where npm run synth has written the stacks  (cdktf.out/stacks)
  --help               this text

It needs terraform and the AWS CLI, with the rights of the role image-service-github-apply-ENVIRONMENT. A second run on the same stack waits
ten minutes for the lock of the state. After Ctrl-C Terraform finishes what it has begun; a second one ends it at once, and leaves the lock.
Exit status 1 if something failed, 2 for wrong use, 3 for changes with --expect-no-changes, 4 if a plan is refused.
`;

const OWN = {
  stack: { type: 'string' },
  'plan-only': { type: 'boolean', default: false },
  'allow-replacement': { type: 'boolean', default: false },
  'no-refresh': { type: 'boolean', default: false },
  'no-lock': { type: 'boolean', default: false },
  'expect-no-changes': { type: 'boolean', default: false },
  summary: { type: 'string' },
  outputs: { type: 'string' },
  timeout: { type: 'string', default: '50' },
} as const;

function stacksOf(environment: string, stack: string | undefined): string[] {
  const kinds = KINDS.filter((kind) => stack === undefined || stack === kind);
  if (kinds.length === 0) throw new WrongUse(`--stack is storage or platform, not ${stack || 'nothing'}.`);
  return kinds.map((kind) => `${kind}-${environment}`);
}

function announce(stacks: string[], folder: string, isPlanOnly: boolean): void {
  for (const stack of stacks) {
    const terraform = `terraform -chdir=${join(folder, stack)}`;
    log(`would run ${terraform} init, and plan, and judge the plan${isPlanOnly ? '' : ', and apply it'}`);
  }
}

async function main(): Promise<number> {
  const { environment, values } = readEnvironmentOptions(HELP, OWN);
  const isPlanOnly = values['plan-only'];
  const wrong = (['no-refresh', 'no-lock', 'expect-no-changes'] as const).find((name) => values[name] && !isPlanOnly);
  if (wrong)
    throw new WrongUse(`--${wrong} needs --plan-only: what is applied is compared with all there is, under a lock.`);
  const stacks = stacksOf(environment, values.stack);
  const timeoutMinutes = positive('timeout', values.timeout);
  if (values['dry-run']) {
    announce(stacks, values.stacks, isPlanOnly);
    return 0;
  }
  const site = await openEnvironment(values.stacks, environment);
  const planOptions = [
    ...(values['no-refresh'] ? ['-refresh=false'] : []),
    ...(values['no-lock'] ? ['-lock=false'] : []),
  ];
  return deployOrRefuse(site, { ...values, stacks, isPlanOnly, planOptions, timeoutMinutes });
}

type Chosen = Omit<Parameters<typeof deployStacks>[1], 'allowsReplacement' | 'log'> & {
  'allow-replacement': boolean;
  'expect-no-changes': boolean;
};

async function deployOrRefuse(site: SynthesisedEnvironment, chosen: Chosen): Promise<number> {
  try {
    const plans = await deployStacks(site, { ...chosen, allowsReplacement: chosen['allow-replacement'], log });
    return chosen['expect-no-changes'] && !Object.values(plans).every(isEmpty) ? 3 : 0;
  } catch (error) {
    if (!(error instanceof GuardedPlan)) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    return 4;
  }
}

await runCommand(main);
