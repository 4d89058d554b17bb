import {
  type Check,
  isTree,
  jobsOf,
  type Project,
  parseOnce,
  stepsOf,
  type Tree,
  unless,
  WORKFLOWS,
} from '../project.ts';

/** The keys that somebody has looked at. Others let another machine, another shell or another program in, or a failure through. */
const WORKFLOW_KEYS = ['name', 'on', 'permissions', 'concurrency', 'defaults', 'jobs'];
const JOB_KEYS = [
  ...['name', 'needs', 'if', 'runs-on', 'timeout-minutes', 'permissions', 'strategy', 'environment', 'concurrency'],
  ...['env', 'outputs', 'steps', 'uses', 'with', 'secrets'],
];
const STEP_KEYS = ['id', 'name', 'if', 'timeout-minutes', 'uses', 'with', 'env', 'run', 'shell'];
const STRATEGY_KEYS = ['fail-fast', 'matrix'];
const MATRIX_KEYS = ['environment', 'service', 'node'];

/** Variables that somebody has looked at. Others may tell Node, npm or a script to run or to ask something else. */
const VARIABLES = [
  ...['ENVIRONMENT', 'SERVICE', 'CONFIRM', 'PULL_REQUEST', 'ALLOW_REPLACEMENT', 'GITHUB_TOKEN'],
  ...['IMAGE_SERVICE_API_KEY', 'IMAGE_SERVICE_CDN_SIGNING_KEY'],
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
];

/** What a job of each workflow may run on; it is replaced when GitHub ends it. */
const SYSTEM = /^ubuntu-\d\d\.\d\d$/;

const others = (place: string, tree: unknown, known: string[]): string[] =>
  Object.keys(isTree(tree) ? tree : {})
    .filter((key) => !known.includes(key))
    .map((key) => `${place} has ${key}`);

const workflows = ({ files }: Project): [path: string, tree: Tree][] =>
  Object.entries(files)
    .filter(([path]) => path.startsWith(WORKFLOWS))
    .map(([path, text]) => [path, parseOnce<Tree>(text)]);

export const hasKnownKeys: Check = (project) => [
  ...workflows(project).flatMap(([path, tree]) => others(path, tree, WORKFLOW_KEYS)),
  ...jobsOf(project).flatMap(({ place, workflow, id, strategy, env, ...job }) => [
    ...others(place, job, JOB_KEYS),
    ...others(place, strategy, STRATEGY_KEYS),
    ...others(place, strategy?.matrix, MATRIX_KEYS),
    ...others(place, env, VARIABLES),
    ...unless(job.uses || SYSTEM.test(String(job['runs-on'])), `${place} runs on ${job['runs-on']}`),
  ]),
  ...stepsOf(project).flatMap(({ place, job, ...step }) => [
    ...others(place, step, STEP_KEYS),
    ...others(place, step.env, VARIABLES),
  ]),
];

/** What starts each workflow, without the inputs of people: every other branch, tag or event would run with the rights of this one. */
const EVENTS: Record<string, unknown> = {
  'check.yml': { pull_request: null, push: { branches: ['main'] } },
  'plan.yml': { pull_request: { types: ['opened', 'synchronize', 'reopened', 'labeled', 'unlabeled'] } },
  'deploy.yml': { push: { branches: ['main'] }, release: { types: ['published'] }, workflow_dispatch: {} },
  'deploy-environment.yml': { workflow_call: {} },
  'drift.yml': { schedule: [{ cron: '17 3 * * *' }], workflow_dispatch: null },
  'prices.yml': { schedule: [{ cron: '41 4 1 * *' }], workflow_dispatch: null },
  'teardown.yml': { workflow_dispatch: {} },
};

const INPUTS = /^(inputs|secrets)$/;

export const startsOnExactEvents: Check = (project) =>
  workflows(project).flatMap(([path, { on }]) => {
    const file = path.slice(WORKFLOWS.length);
    const events = JSON.stringify(on, (key, value) => (INPUTS.test(key) ? undefined : value));
    return unless(events === JSON.stringify(EVENTS[file]), `${file} starts on ${events}`);
  });

/** Suites run for everybody, whatever has changed. */
export const leavesNoSuiteOut: Check = (project) =>
  jobsOf(project)
    .filter(({ place, if: condition }) => place.startsWith('check.yml') && condition !== undefined)
    .map(({ place }) => `${place} has a condition`);
