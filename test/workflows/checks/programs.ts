import { type Check, stepsOf, unless } from '../project.ts';

/** Programs by which other text than the repository's is run, or the environment is printed. */
const FORBIDDEN: [what: string, pattern: RegExp][] = [
  ['runs text', /\b(eval|source|bash -c|sh -c|xargs)\b/],
  ['runs packages that no lockfile has', /\b(npx|npm (exec|x|install|i|add|create|init))\b/],
  ['runs a text of Node, or a script without its verb', /\bnode\b(?! scripts)\s+(-|\S+\.[cm]?[jt]s)|\bnode scripts/],
  ['runs what it downloads', /\b(curl|wget)\b(?!.*http:\/\/127\.0\.0\.1:)/],
  ['hides a failure', /\|\||\bset \+|;\s*(true|exit 0)\b/],
  ['only says what it would do', /--dry-run\b/],
  ['asks another address than that of the outputs', /--api\b/],
  ['looks for builds of another workflow', /--workflow\b/],
];

export const runsKnownPrograms: Check = (project) =>
  stepsOf(project).flatMap(({ place, run = '' }) =>
    FORBIDDEN.flatMap(([what, pattern]) => unless(!pattern.test(run), `${place}: ${what}: ${run}`)),
  );

const isDeployment = (place: string, id: string | undefined): boolean =>
  place === 'deploy-environment.yml: deploy' && id === 'deploy';

/** Stacks are applied in one step alone. Drift is found only by its own exit status, and the smoke test compares the version only if it is told. */
export const appliesInOnePlace: Check = (project) =>
  stepsOf(project).flatMap(({ place, id, run = '' }) => [
    ...unless(
      !run.includes('npm run deploy -- ') || run.includes('--plan-only') || isDeployment(place, id),
      `${place} applies: ${run}`,
    ),
    ...unless(
      !(place.startsWith('drift.yml') && run.includes('npm run deploy')) || run.includes('--expect-no-changes'),
      `${place} finds no drift: ${run}`,
    ),
    ...unless(
      !run.includes('npm run smoke') || run.includes('--revision "$GITHUB_SHA"'),
      `${place} proves any version`,
    ),
    ...unless(!/ --allow-replacement/.test(run), `${place} always allows replacements: ${run}`),
  ]);

/** Paths that are kept: reports, logs of tests, the images, and what ran before. Others may contain states, plans and outputs. */
const KEPT = [
  ...['images', 'previous.json', 'plan-*.md', 'drift-*.md'],
  ...['*.log', '/tmp/image-service-*/**/*.log', '/tmp/image-service-*/**/*.png', '/tmp/image-service-*/**/*.webp'],
];

export const keepsKnownFiles: Check = (project) =>
  stepsOf(project)
    .filter(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    .flatMap(({ place, with: given }) =>
      String(given?.path)
        .split('\n')
        .filter((path) => path && !KEPT.includes(path))
        .map((path) => `${place} keeps ${path} in an artifact`),
    );

/** Another commit than that of the event is checked out by the job that comments alone. */
export const checksOutTheCommitOfTheEvent: Check = (project) =>
  stepsOf(project)
    .filter(({ uses, with: given }) => uses?.startsWith('actions/checkout@') && given?.ref !== undefined)
    .filter(({ place }) => place !== 'plan.yml: comment')
    .map(({ place }) => `${place} checks out another commit than that of the event`);
