import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, runCommand } from './command-line.ts';
import { installCheckov } from './test-infra/checkov.ts';
import { findMissing, prepareTerraform } from './test-infra/prerequisites.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:infra [-- OPTIONS]
Runs the tests in test/infra: synthesises the stacks of every environment, validates and plans them, applies the bootstrap, dev, staging and prod to an
emulated AWS (moto_server), runs the containers by the applied task definitions, and destroys it all; and has npm run doctor look at a new
account. About ten minutes on two cores.
What checkov finds in the stacks must have its reason in stacks/accepted-findings.ts.

  --grep PATTERN   only the tests whose names match
  --jobs N         test files at once  (4)
  --deep           two longer tests instead, as npm run test:infra:deep, of about a quarter of an hour together. One follows docs/infrastructure.md
                   from nothing to nothing. One walks the settings: applies prod, dev and the bootstrap, plans every change of a setting from there,
                   applies what ends or replaces something and puts it back, and prints what becomes of it
  --settings EXP   with --deep: walks alone, and only settings whose paths match a regular expression
  --plans N        with --deep: plans at once of each environment  (2)
  --write          with --deep: walks alone, and writes what came of it down for the guide; npm run docs:infra then writes its table
  --help           this text

It needs terraform 1.10 or newer, moto_server 5.2.1 and the AWS CLI. hashicorp/aws 5.100.0 comes from where Terraform's own configuration says;
where there is none, from the mirror in the folder TERRAFORM_MIRROR, else from a mirror in /opt (/opt/NAME/registry.terraform.io), else from the
registry. terraform providers mirror makes one. checkov is installed by pip into node_modules/.cache, the first time; where there is no python3
with pip this is said, and what needs it is skipped.
Exit status 1 if a test fails, 2 for wrong use, 3 if something that it needs is missing and nothing was tested.
`;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A group of processes of its own, so that whatever ends this ends the tests with all that they have started: moto_server and Terraform. Most of
 * the time Terraform waits, so files run at once.
 */
async function runMocha(env: NodeJS.ProcessEnv, options: string[]): Promise<number> {
  const args = ['--timeout', '60000', ...options];
  const child = startMocha(args, { env, detached: true });
  for (const signal of SIGNALS) process.on(signal, () => child.pid && process.kill(-child.pid, signal));
  return statusOf(child);
}

/** What test/infra/changes.deep.ts reads. */
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
