import { expect } from 'chai';
import { linesOf, plainTable } from '../../../scripts/terminal/plain-table.ts';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { aws } from '../aws-cli.ts';
import type { BadVersion } from './bad-versions.ts';
import { NAMES } from './rehearsed-environment.ts';
import { buildVersion, type Version } from './versions.ts';
import type { StepResult } from './workflow.ts';
import { openRehearsal, type Rehearsal } from './workflow-deployments.ts';

/** The steps of the workflow that do something, in their order. */
const STEPS = ['push', 'record', 'deploy', 'wait', 'smoke', 'prove', 'rollback'];

const stepOf = (results: StepResult[], step: string): StepResult => {
  const found = results.find((result) => result.step === step);
  if (!found) throw new Error(`the workflow has no step ${step}`);
  return found;
};

/** The end of what a step has said, for the message of a test that fails. */
const endOf = ({ step, output }: StepResult): string => `${step}:\n${output.slice(-3000)}`;

/** Deploys version 1 of this project, then each bad version, and sees that it is caught and undone. */
export function describeRehearsal(title: string, versions: readonly BadVersion[]): void {
  describe(title, function () {
    this.timeout(1_200_000);
    let rehearsal: Rehearsal;
    let good: Version;
    const table = plainTable(['bad version', 'caught by', 'seconds until then', 'seconds to go back']);

    before(async () => {
      rehearsal = await openRehearsal();
      good = await buildVersion(rehearsal.environment.folder, { name: 'version 1' });
    });
    after(async () => {
      process.stdout.write(`\n${linesOf(table)}\n`);
      await rehearsal?.stop();
    });
    afterEach(function () {
      if (this.currentTest?.isFailed()) process.stderr.write(rehearsal.faults());
    });

    it('deploys version 1, and its smoke test passes', async () => {
      const results = await rehearsal.deploy(good);
      for (const result of results)
        expect(result.outcome, endOf(result)).to.equal(isOfLater(result) ? 'skipped' : 'success');
      expect(results.map(({ step }) => step)).to.include.members(STEPS);
      await expectVersion1(rehearsal, good);
    });

    for (const bad of versions) {
      it(`${bad.name}: the step ${bad.caughtBy} finds it, and version 1 runs again`, async () => {
        const results = await rehearsal.deployBad(bad);
        const failed = results.find(({ outcome }) => outcome === 'failure');
        expect(failed?.step, results.map(endOf).join('\n')).to.equal(bad.caughtBy);
        expect(failed?.output).to.match(bad.says);
        const rollback = stepOf(results, 'rollback');
        expect(rollback.outcome, endOf(rollback)).to.equal(bad.rollback ?? 'success');
        // ECS has gone back by itself, and the stacks go back with the commit.
        if (bad.rollback === 'failure') for (const result of await rehearsal.deploy(good)) expectNoFailure(result);
        await expectVersion1(rehearsal, good);
        const before = results.slice(0, results.indexOf(failed as StepResult) + 1);
        const seconds = before.reduce((sum, result) => sum + result.seconds, 0);
        table.push([bad.name, bad.caughtBy, seconds.toFixed(0), rollback.seconds.toFixed(0)]);
      });
    }

    it('leaves nothing that Terraform would change', async () => {
      const { status, output } = await rehearsal.run('npm run -s deploy -- staging --plan-only --expect-no-changes', {
        TF_CLI_ARGS_plan: '',
      });
      expect(status, output).to.equal(0);
    });
  });
}

/** The steps of a failure, of an environment in which something ran before, and of one without an account. */
const isOfLater = ({ step }: StepResult): boolean => /rollback|May go back|Say that|Keep what|Skip what/.test(step);

const expectNoFailure = (result: StepResult) => expect(result.outcome, endOf(result)).to.not.equal('failure');

/** Version 1 is recorded, it runs, it passes the smoke test, and there is nothing to deploy. */
async function expectVersion1(rehearsal: Rehearsal, { digests, revision }: Version): Promise<void> {
  const names = SERVICE_NAMES.map((service) => NAMES.imageParameter(service));
  const { Parameters } = await aws(rehearsal.environment.endpoint, 'ssm', 'get-parameters', '--names', ...names);
  const recorded = Parameters.map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]);
  const wanted = SERVICE_NAMES.map((service) => [NAMES.imageParameter(service), digests[service]]);
  expect(Object.fromEntries(recorded)).to.deep.equal(Object.fromEntries(wanted));
  const commands = [
    'npm run -s deploy -- staging --plan-only --no-lock --expect-no-changes --outputs outputs.json',
    `npm run -s smoke -- staging --outputs outputs.json --revision ${revision} --timeout 1.5`,
  ];
  for (const command of commands) {
    const { status, output } = await rehearsal.run(command);
    expect(status, `${command}\n${output.slice(-3000)}`).to.equal(0);
  }
}
