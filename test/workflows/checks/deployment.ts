import { type Check, expression, jobOf, jobsOf, type Project, type Step, unless, workflowsOf } from '../project.ts';

const PLACE = 'deploy-environment.yml: deploy';

/** The steps of a deployment in their order: the script, and the role, whose credentials are fresh where it is marked so. */
export const STEPS: Record<string, { verb: string; role: 'deploy' | 'apply' | 'none'; fresh?: boolean }> = {
  push: { verb: 'images', role: 'deploy', fresh: true },
  record: { verb: 'record-digests', role: 'deploy' },
  deploy: { verb: 'deploy', role: 'apply', fresh: true },
  wait: { verb: 'wait-steady', role: 'apply', fresh: true },
  smoke: { verb: 'smoke', role: 'none' },
  prove: { verb: 'record-digests', role: 'deploy', fresh: true },
  rollback: { verb: 'rollback', role: 'apply', fresh: true },
};

const deploymentSteps = (project: Project): Step[] => jobOf(project, PLACE)?.steps ?? [];

const isCredentials = ({ uses }: Step): boolean => uses?.startsWith('aws-actions/configure-aws-credentials@') ?? false;

function wrongRole(steps: Step[], id: string): string[] {
  const at = steps.findIndex((step) => step.id === id);
  const { role, fresh } = STEPS[id] ?? {};
  if (role === 'none') {
    const { env = {} } = steps[at] ?? {};
    const left = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].filter((name) => env[name] !== '');
    return left.map((name) => `${PLACE}: ${id} gets ${name}`);
  }
  const last = steps.findLastIndex((step, index) => index < at && isCredentials(step));
  const assumed = steps[last]?.with?.['role-to-assume'];
  return [
    ...unless(assumed === expression(`needs.address.outputs.${role}-role`), `${PLACE}: ${id} runs as ${assumed}`),
    ...unless(!(fresh && last !== at - 1), `${PLACE}: ${id} gets no fresh credentials, which last an hour`),
  ];
}

export const deploysInOrder: Check = (project) => {
  const steps = deploymentSteps(project);
  const ids = steps.flatMap(({ id }) => id ?? []);
  const address = jobOf(project, 'deploy-environment.yml: address')?.steps.at(-2);
  return [
    ...unless(ids.join() === Object.keys(STEPS).join(), `${PLACE} has the steps ${ids.join(', ')}`),
    ...Object.entries(STEPS).flatMap(([id, { verb }]) => {
      const step = steps.find((each) => each.id === id);
      const isCalled =
        step?.run?.includes(`npm run ${verb} -- "$ENVIRONMENT"`) ||
        step?.run?.includes(`npm run ${verb} -- push "$ENVIRONMENT"`);
      return isCalled ? wrongRole(steps, id) : [`${PLACE}: ${id} does not call npm run ${verb} for its environment`];
    }),
    ...unless(
      address?.run?.startsWith('npm run -s deployment -- "$ENVIRONMENT"'),
      'the address of an environment is not asked for',
    ),
    ...unless(
      jobOf(project, PLACE)?.if === expression("needs.address.outputs.configured == 'true'"),
      `${PLACE} runs without an account`,
    ),
  ];
};

const RECORDED = "steps.record.outcome != 'skipped' && hashFiles('previous.json') != ''";
const UNPROVEN = `failure() && steps.smoke.outcome != 'success' && ${RECORDED}`;
const FAILED = expression(UNPROVEN);
/** Also when the job is cancelled. */
const KEPT = expression(`always() && ${RECORDED}`);

/** Anything that fails after the digests were recorded is undone, and stays a failure that is told. */
export const rollsBack: Check = (project) => {
  const steps = deploymentSteps(project);
  const at = steps.findIndex(({ id }) => id === 'rollback');
  const kept = steps[steps.findIndex(({ id }) => id === 'record') + 1];
  const conditions = steps
    .slice(0, at - 1)
    .flatMap((step) => (step.if && step !== kept ? [step.id ?? step.name ?? step.uses] : []));
  const told = (condition: string, text: string) =>
    steps.some(
      (step) =>
        step.if === condition &&
        step.run?.includes('::error') &&
        step.run.includes(text) &&
        step.run.includes('"$GITHUB_STEP_SUMMARY"'),
    );
  return [
    ...[steps[at - 1], steps[at]]
      .filter((step) => step?.if !== FAILED)
      .map((step) => `${PLACE}: ${step?.id ?? step?.name} needs if: ${FAILED}`),
    ...conditions.map((name) => `${PLACE}: ${name} has a condition, and may be left out`),
    ...unless(
      steps.some(({ id, run }) => id === 'record' && run?.includes('--previous previous.json')),
      `${PLACE}: record keeps nothing to go back to`,
    ),
    ...unless(
      kept?.uses?.startsWith('actions/upload-artifact@') && kept.if === KEPT && kept.with?.path === 'previous.json',
      `${PLACE} does not keep what ran before as soon as it is known`,
    ),
    ...unless(steps[at]?.run?.includes('--to previous.json'), `${PLACE}: rollback goes elsewhere`),
    ...unless(
      told(expression("failure() && steps.rollback.outcome == 'success'"), 'Rolled back'),
      `${PLACE} does not say that it was rolled back`,
    ),
    ...unless(
      told(expression(`${UNPROVEN} && steps.rollback.outcome != 'success'`), 'ROLLBACK FAILED'),
      `${PLACE} does not say that the rollback has failed`,
    ),
  ];
};

export const neverDeploysTwiceAtOnce: Check = (project) => [
  ...jobsOf(project)
    .filter(({ environment }) => environment)
    .filter(
      ({ environment, concurrency }) =>
        concurrency?.group !== `environment-${environment}` || concurrency['cancel-in-progress'] !== false,
    )
    .map(({ place }) => `${place} changes an environment beside another job, or cancels it`),
  ...workflowsOf(project)
    .filter(
      ({ file, concurrency }) => ['check.yml', 'plan.yml', 'drift.yml', 'prices.yml'].includes(file) && !concurrency,
    )
    .map(({ file }) => `${file} runs twice at once`),
];

/** A job that hangs would hold its environment for the six hours after which GitHub ends it. */
export const endsInTime: Check = (project) => {
  const steps = deploymentSteps(project).filter(({ id }) => id);
  const limits = steps.map((step) => step['timeout-minutes'] ?? Number.POSITIVE_INFINITY);
  const total = limits.reduce((sum, limit) => sum + limit, 0);
  return [
    ...jobsOf(project)
      .filter(({ uses, 'timeout-minutes': limit = 0 }) => !uses && !(limit > 0 && limit <= 300))
      .map(({ place }) => `${place} has no timeout-minutes`),
    // A cancelled job rolls nothing back.
    ...unless(
      total < (jobOf(project, PLACE)?.['timeout-minutes'] ?? 0),
      `${PLACE} may end before its steps, which take ${total} minutes`,
    ),
  ];
};

export const tearsDownOnlyWhenMeant: Check = (project) => {
  const steps = jobOf(project, 'teardown.yml: teardown')?.steps ?? [];
  const run = steps.find((step) => step.run?.includes('npm run teardown'));
  const isAsked =
    run?.run === 'exec npm run teardown -- "$ENVIRONMENT" --confirm "$CONFIRM"' &&
    run.env?.CONFIRM === expression('inputs.confirm');
  return isAsked ? [] : ['teardown.yml: teardown does not pass on the words that somebody has typed'];
};
