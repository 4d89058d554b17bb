import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { rejectionOf } from '../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { runWorkflow, type StepResult } from './workflow.ts';

describe('the runner of workflows', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  async function run(steps: string, jobs = ''): Promise<StepResult[]> {
    const file = join(folder.path, 'workflow.yml');
    await writeFile(file, `defaults: { run: { shell: bash } }\njobs:\n  one:\n    steps:\n${steps}\n${jobs}`);
    return runWorkflow(file, {
      workspace: folder.path,
      contexts: { inputs: { environment: 'staging' }, github: { sha: 'abc' }, secrets: {} },
      variables: { PATH: process.env.PATH ?? '' },
      actions: { 'an/action': async ({ name = '' }) => ({ GIVEN: name }) },
      rewrite: (command) => command,
      check: () => undefined,
    });
  }

  const outcomes = async (steps: string, jobs?: string) =>
    (await run(steps, jobs)).map(({ step, outcome }) => `${step} ${outcome}`);

  it('skips steps after one that has failed, except those that ask for it', async () => {
    const steps = `
      - { id: bad, run: exit 3 }
      - { id: next, run: 'true' }
      - { id: undo, if: failure(), run: 'true' }
      - { id: clean, if: "\${{ !cancelled() && hashFiles('none.json') == '' }}", run: 'true' }
      - { id: said, if: "failure() && steps.undo.outcome == 'success'", run: 'true' }`;
    expect(await outcomes(steps)).to.deep.equal([
      ...['bad failure', 'next skipped', 'undo success', 'clean success', 'said success'],
    ]);
  });

  it('takes a failure in a pipe for a failure', async () => {
    expect(await outcomes('      - { id: pipe, run: "false | cat" }')).to.deep.equal(['pipe failure']);
  });

  it('hands outputs and variables on, also from one job to the next', async () => {
    const steps = `
      - { uses: an/action@0123456, with: { name: "\${{ inputs.environment }}" } }
      - { id: say, run: 'printf "name=$GIVEN\\ntext<<END\\na\\nb\\nEND\\n" >> "$GITHUB_OUTPUT"; echo MORE=1 >> "$GITHUB_ENV"' }
      - { run: 'echo "$MORE \${{ steps.say.outputs.text }}"' }
    outputs: { name: "\${{ steps.say.outputs.name }}" }`;
    const jobs = `
  two:
    needs: one
    if: needs.one.outputs.name == 'staging'
    env: { NAME: "\${{ needs.one.outputs.name }}" }
    steps:
      - { id: last, run: 'echo "$NAME"' }`;
    const results = await run(steps, jobs);
    expect(results.map(({ output }) => output)).to.deep.equal(['', '', '1 a\nb\n', 'staging\n']);
  });

  for (const [what, step] of [
    ['an action', '{ uses: another/action@0123456 }'],
    ['an input', `{ run: 'echo \${{ inputs.region }}' }`],
    ['a secret', `{ run: 'echo \${{ secrets.KEY }}' }`],
    ['a step', "{ if: steps.none.outcome == 'success', run: 'true' }"],
    ['a function', "{ if: nothing(), run: 'true' }"],
  ]) {
    it(`refuses ${what} that it does not know`, async () => {
      expect(await rejectionOf(run(`      - ${step}`))).to.be.an('error');
    });
  }
});
