import {
  type Check,
  expression,
  hasToken,
  type Job,
  jobsOf,
  type Step,
  stepsOf,
  unless,
  workflowsOf,
} from '../project.ts';

const READS = { contents: 'read' };
const DEPLOYS = { actions: 'read', contents: 'read', 'id-token': 'write' };

/** The least that each job needs. `id-token` lets it ask AWS, or the service that signs attestations, for credentials. */
const PERMISSIONS: Record<string, Record<string, string>> = {
  'check.yml: readme': READS,
  'check.yml: deep': READS,
  'check.yml: aws': READS,
  'check.yml: peers': READS,
  'check.yml: http': READS,
  'check.yml: clients': READS,
  'check.yml: images': READS,
  'check.yml: infra': READS,
  'plan.yml: synth': READS,
  'plan.yml: plan': { ...READS, 'id-token': 'write' },
  'plan.yml: comment': { ...READS, 'pull-requests': 'write' },
  'deploy.yml: build': READS,
  'deploy.yml: attest': { attestations: 'write', 'id-token': 'write' },
  'deploy.yml: newest': READS,
  'deploy.yml: staging': DEPLOYS,
  'deploy.yml: find': { ...READS, actions: 'read' },
  'deploy.yml: release': DEPLOYS,
  'deploy-environment.yml: address': READS,
  'deploy-environment.yml: deploy': DEPLOYS,
  'drift.yml: compare': { ...READS, 'id-token': 'write' },
  'drift.yml: issue': { ...READS, issues: 'write' },
  'prices.yml: check': { ...READS, issues: 'write' },
  'teardown.yml: teardown': { ...READS, 'id-token': 'write' },
};

/** As JSON in the order of names. */
const sorted = (permissions: unknown): string =>
  JSON.stringify(Object.entries(permissions ?? 'none').sort(([a], [b]) => a.localeCompare(b)));

export const grantsTheLeast: Check = (project) => {
  const jobs = jobsOf(project);
  return [
    ...workflowsOf(project)
      .filter(({ permissions }) => sorted(permissions) !== '[]')
      .map(({ file }) => `${file} must grant nothing to all jobs: permissions: {}`),
    ...jobs
      .filter(({ place, permissions }) => sorted(permissions) !== sorted(PERMISSIONS[place]))
      .map(({ place, permissions }) => `${place} has the permissions ${sorted(permissions)}, which are not its least`),
    ...Object.keys(PERMISSIONS)
      .filter((place) => !jobs.some((job) => job.place === place))
      .map((place) => `${place} is gone`),
  ];
};

const asksForCredentials = ({ uses, steps }: Job): boolean =>
  [uses, ...steps.map((step) => step.uses)].some((used) =>
    /^(aws-actions\/|actions\/attest@|\.\/\.github\/workflows\/deploy-environment\.yml)/.test(used ?? ''),
  );

export const asksForCredentialsWithAToken: Check = (project) =>
  jobsOf(project)
    .filter((job) => hasToken(job) !== asksForCredentials(job))
    .map(
      (job) =>
        `${job.place} ${hasToken(job) ? 'may' : 'may not'} get credentials, and asks for ${hasToken(job) ? 'none' : 'some'}`,
    );

/** What git has stored in the folder would be there for every program that runs later. */
export const keepsNoCheckoutCredentials: Check = (project) =>
  stepsOf(project)
    .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    .filter(({ with: given }) => given?.['persist-credentials'] !== false)
    .map(({ place }) => `${place}: checkout leaves the token in .git/config`);

/** The only secrets, and the only step that gets them. */
const SECRETS = ['IMAGE_SERVICE_API_KEY', 'IMAGE_SERVICE_CDN_SIGNING_KEY'];
const PASSED = JSON.stringify(Object.fromEntries(SECRETS.map((name) => [name, expression(`secrets.${name}`)])));
const isAllowed = (place: string, { id }: Step): boolean =>
  place === 'deploy-environment.yml: deploy' && id === 'smoke';

/** Everything of a step that reads a secret, by where that stands. */
const secretsIn = (step: object): string[] =>
  Object.entries(step).flatMap(([key, value]) =>
    key !== 'job' && /\bsecrets\b\s*[.[]|\btoJSON\(\s*secrets/i.test(JSON.stringify(value)) ? [key] : [],
  );

export const givesSecretsToOneStep: Check = (project) => [
  ...stepsOf(project).flatMap((step) =>
    secretsIn(step)
      .filter((key) => key !== 'env' || !isAllowed(step.place, step))
      .map((key) => `${step.place}: ${key} of ${step.name ?? step.id ?? step.uses ?? step.run} reads a secret`),
  ),
  ...jobsOf(project).flatMap(({ place, env, outputs, with: given, secrets = {} }) => [
    ...secretsIn({ env, outputs, with: given }).map((key) => `${place}: ${key} reads a secret`),
    ...unless([PASSED, '{}'].includes(JSON.stringify(secrets)), `${place} passes other secrets than ${SECRETS.join()}`),
  ]),
];

/** Variables with a secret or a token. */
const CONFIDENTIAL =
  /\$\{?(IMAGE_SERVICE_\w+_KEY|GITHUB_TOKEN|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|ACTIONS_\w+)\b/;

/** An option that is there if a variable has any value. */
const ONLY_WHETHER = /\$\{\w+:\+--[a-z-]+\}/g;

/** Whoever may read the log, or the list of processes, would have them. */
export const printsNoSecret: Check = (project) =>
  stepsOf(project).flatMap(({ place, run = '' }) => [
    ...unless(
      !CONFIDENTIAL.test(run.replaceAll(ONLY_WHETHER, '')),
      `${place}: ${run} has a secret on its command line`,
    ),
    ...unless(
      !/(^|[|;&]\s*)(printenv|env|export -p|declare -p|set)\s*($|[|;&>]|-x)/m.test(run),
      `${place}: ${run} prints the environment`,
    ),
  ]);
