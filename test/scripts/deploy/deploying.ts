import { runCommand } from '../../../scripts/command-line.ts';
import { deployStacks } from '../../../scripts/deploy/apply.ts';
import { madeUpEnvironment } from '../../support/stacks/made-up-environment.ts';

const [folder = '', timeout = ''] = process.argv.slice(2);

/** Deploys the two stacks below a folder in a process of its own, which a test can send signals to. */
await runCommand(async () => {
  await deployStacks(
    { ...madeUpEnvironment({}), folder },
    {
      stacks: ['storage-dev', 'platform-dev'],
      ...{ isPlanOnly: false, allowsReplacement: false, planOptions: [] },
      timeoutMinutes: Number(timeout),
      log: () => undefined,
    },
  );
});
