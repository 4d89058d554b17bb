import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, runCommand, STOP_SIGNALS } from './command-line.ts';
import { installCheckov } from './test-infra/checkov.ts';
import { findMissing, prepareTerraform } from './test-infra/prerequisites.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:infra [-- OPTIONS]
Runs the tests in test/infra. They synthesise the stacks of every environment, validate and plan them, apply the bootstrap, dev, staging and
prod to an emulated AWS (moto_server), run the containers by the applied task definitions, and destroy it all. They also run npm run doctor
in a new account. They deploy this version by the steps of .github/workflows/deploy-environment.yml, then a few bad ones, and see that a step finds each
and that the version before runs again. They take about a quarter of an hour on two cores.
Every finding of checkov in the stacks must have a reason in stacks/accepted-findings.ts.

  --grep PATTERN   only the tests whose names match
  --jobs N         test files at once  (4)
  --deep           runs three longer tests instead, like npm run test:infra:deep. One deploys every bad version of docs/deploying.md. One follows
                   docs/deploying.md from an empty account until it is empty again. The third walks the settings: it applies prod, dev and
                   the bootstrap, plans every change of a setting from there, applies each change that ends or replaces something, puts it
                   back, and prints the outcome
  --settings EXP   with --deep: runs the walk only, and only for settings whose paths match a regular expression
  --plans N        with --deep: concurrent plans of each environment  (2)
  --write          with --deep: runs the walk only, and saves its outcomes for the guide; npm run docs:infra then writes the table
  --help           this text

It needs terraform 1.10 or newer, moto_server 5.2.1, the AWS CLI and openssl. hashicorp/aws 5.100.0 comes from where Terraform's own configuration says.
Without one it comes from the mirror in the folder TERRAFORM_MIRROR, else from a mirror in /opt (/opt/NAME/registry.terraform.io), else from the
registry; terraform providers mirror makes a mirror. checkov is installed by pip into node_modules/.cache, the first time; where there is no
python3 with pip this is reported, and the tests that need it are skipped.
Exit status 1 if a test fails, 2 for wrong use, 3 if something that it needs is missing and nothing was tested.
`;

/**
 * Runs Mocha in its own process group, so that a signal to this process ends the tests with all that they have started: moto_server and
 * Terraform. Files run at once because Terraform waits most of the time.
 */
async function runMocha(env: NodeJS.ProcessEnv, options: string[]): Promise<number> {
  const args = ['--timeout', '60000', ...options];
  const child = startMocha(args, { env, detached: true });
  for (const signal of STOP_SIGNALS) process.on(signal, () => child.pid && process.kill(-child.pid, signal));
  return statusOf(child);
}

/** The environment variables that test/infra/changes.deep.ts reads. */
const walkOf = ({ settings, plans, write }: { settings?: string; plans: string; write: boolean }) => ({
  WALK_PLANS: plans,
  ...(settings && { WALK_SETTINGS: settings }),
  ...(write && { WALK_WRITE: 'yes' }),
});

const deepTests = ({ settings, write }: { settings?: string; write: boolean }): string =>
  settings || write ? 'test/infra/changes.deep.ts' : 'test/infra/*.deep.ts';

async function main(): Promise<number> {
  const { values } = readArguments(HELP, {
    options: {
      grep: { type: 'string' },
      jobs: { type: 'string', default: '4' },
      deep: { type: 'boolean', default: false },
      settings: { type: 'string' },
      plans: { type: 'string', default: '2' },
      write: { type: 'boolean', default: false },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'image-service-test-infra-'));
  try {
    const env = await prepareTerraform(folder);
    const missing = await findMissing(folder, env);
    if (missing.length > 0) {
      process.stderr.write(
        `\nnpm run test:infra CANNOT RUN AND HAS TESTED NOTHING. It misses:\n\n${missing.join('\n')}\n\n`,
      );
      return 3;
    }
    const grep = values.grep ? ['--grep', values.grep] : [];
    if (values.deep) return await runMocha({ ...env, ...walkOf(values) }, [...grep, deepTests(values)]);
    const checkov = await installCheckov((line) => process.stderr.write(`${line}\n`));
    const all = ['--parallel', '--jobs', values.jobs, ...grep, 'test/infra/**/*.test.ts'];
    return await runMocha({ ...env, ...checkov }, all);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await runCommand(main);
