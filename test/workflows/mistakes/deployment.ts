import { expression } from '../project.ts';
import { inDeploy, inEnvironment, inPlan, inTeardown, type Mistake, type Mistakes } from './mistake.ts';

/** Two steps in each other's place. */
const swapped =
  (first: string, second: string): Mistake =>
  (project) => {
    inEnvironment(`id: ${first}`, 'id: taken')(project);
    inEnvironment(`id: ${second}`, `id: ${first}`)(project);
    inEnvironment('id: taken', `id: ${second}`)(project);
  };

const FAILED = expression(
  "failure() && steps.smoke.outcome != 'success' && steps.record.outcome != 'skipped' && hashFiles('previous.json') != ''",
);
const GROUP = `environment-${expression('inputs.environment')}`;
const SKIPPED = expression("inputs.environment != 'prod'");
const SBOM = `          sbom-path: images/${expression('matrix.service')}.spdx.json\n`;

export const DEPLOYMENT: Mistakes = {
  'deploy in the order that docs/workflows.md gives': {
    'a smoke test before the deployment': swapped('smoke', 'deploy'),
    'digests recorded before the images are pushed': swapped('push', 'record'),
    'an apply by the role that pushes': inEnvironment('outputs.apply-role', 'outputs.deploy-role', 'id: record'),
    'a rollback with expired credentials': inEnvironment('configure-aws-credentials', 'no-credentials', 'id: smoke'),
    'a smoke test with the rights of an apply': inEnvironment("          AWS_SESSION_TOKEN: ''\n", ''),
  },
  'roll back what fails, and say so': {
    'a rollback of every deployment': inEnvironment(FAILED, expression('always()'), '- id: rollback'),
    'no rollback where the smoke test has failed': inEnvironment(`        if: ${FAILED}\n`, '', '- id: rollback'),
    'a smoke test that may be left out': inEnvironment('- id: smoke\n', `- id: smoke\n        if: ${SKIPPED}\n`),
    'what ran before is not kept where somebody cancels': inEnvironment('always() && ', '!cancelled() && '),
    'a previous.json of the repository is gone back to': inEnvironment(
      FAILED,
      FAILED.replace("steps.record.outcome != 'skipped' && ", ''),
    ),
    'nothing to go back to': inEnvironment(' --previous previous.json', ''),
    'a rollback that fails quietly': inEnvironment('::error title=ROLLBACK', '::debug title=ROLLBACK'),
  },
  'change an environment by one job at a time': {
    'two deployments at once': inEnvironment(`group: ${GROUP}`, `group: ${expression('github.run_id')}`),
    'a deployment that the next one cancels': inEnvironment('in-progress: false', 'in-progress: true'),
    'a teardown beside a deployment': inTeardown(`group: ${GROUP}`, 'group: teardown'),
    'plans without concurrency': inPlan('concurrency:', 'env:'),
  },
  'end in time': {
    'a job without a limit': inTeardown('    timeout-minutes: 120\n', ''),
    'a limit that comes before the rollback': inEnvironment('timeout-minutes: 300', 'timeout-minutes: 60'),
    'a step that may hang': inEnvironment('        timeout-minutes: 30\n', ''),
  },
  'deploy what was built, once': {
    'a build for each environment': inEnvironment('- id: push', '- run: npm run images -- build\n      - id: push'),
    'an artifact with another name': inDeploy('name: images\n', 'name: image\n'),
  },
  'find the files of several artifacts in one place': {
    'a folder for each artifact, unless there is one': inPlan('          merge-multiple: true\n', ''),
  },
  'deploy nothing before it is attested': {
    'a deployment before its images are attested': inDeploy('needs: [build, attest]', 'needs: build'),
    'an older commit that overtakes a newer one': inDeploy(" && needs.newest.outputs.is-newest == 'true'", ''),
    'images without an SBOM': inDeploy(SBOM, ''),
  },
  'tear down only what somebody has named': {
    'a teardown that nobody confirms': inTeardown('--confirm "$CONFIRM"', '--yes'),
    'a teardown that confirms itself': inTeardown(expression('inputs.confirm'), expression('inputs.environment')),
  },
};
