import { accountNames, type Workflow as Role } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { subjectsOf } from '../../../stacks/access/github-trust.ts';
import { type Check, expression, type Job, jobOf, jobsOf, type Project, unless, workflowsOf } from '../project.ts';

/** The role that each output of npm run deployment is about, by its end. */
const ROLES: Record<string, (environment: string) => Role> = {
  preview: () => 'preview',
  plan: () => 'plan',
  apply: (environment) => `apply-${environment}`,
  deploy: (environment) => `deploy-${environment}`,
};

const rolesIn = ({ steps }: Job): string[] =>
  steps.flatMap(({ uses, with: given }) =>
    uses?.startsWith('aws-actions/configure-aws-credentials@') ? [String(given?.['role-to-assume'])] : [],
  );

/** The environments for which a job may run. */
function environmentsOf({ strategy }: Job, { environments }: Project): string[] {
  return strategy?.matrix?.environment ?? environments.map(({ name }) => name);
}

/** The ends of GitHub's subject for a job: its environment, or else what started the workflow. Both forms of the subject have the same end. */
function contextsOf({ environment, workflow, if: condition }: Job, name: string): string[] {
  if (environment) return [`environment:${environment === expression('inputs.environment') ? name : environment}`];
  const isMain = condition?.includes("github.ref == 'refs/heads/main'");
  return Object.keys(workflow.on).map((trigger) => {
    if (trigger === 'pull_request') return 'pull_request';
    // Whoever starts a workflow by hand chooses the branch.
    return trigger === 'workflow_dispatch' && !isMain ? 'ref:refs/heads/ANY' : 'ref:refs/heads/main';
  });
}

/** The roles that a job asks for exist in the bootstrap of each environment, and trust the subject that GitHub gives that job. */
export const assumesRolesThatTrustIt: Check = (project) =>
  jobsOf(project).flatMap((job) =>
    rolesIn(job).flatMap((text) => {
      const role = /^\$\{\{ (?:steps|needs)\.address\.outputs\.(\w+)-role \}\}$/.exec(text)?.[1] ?? '';
      const named = ROLES[role];
      if (!named) return [`${job.place} assumes ${text}, which is no role of npm run deployment`];
      return environmentsOf(job, project).flatMap((name) => distrust(project, { job, name, role: named(name) }));
    }),
  );

function distrust(project: Project, { job, name, role }: { job: Job; name: string; role: Role }): string[] {
  const account = project.accounts.find(({ githubEnvironments }) => githubEnvironments.includes(name));
  if (!account) return [`${name} is in githubEnvironments of no account`];
  const trusted = project.trust[accountNames(account).role(role)];
  if (!trusted) return [`${job.place} assumes ${accountNames(account).role(role)}, which the bootstrap does not make`];
  return subjectsOf(account.github, ...contextsOf(job, name))
    .filter((subject) => !trusted.includes(subject))
    .map((subject) => `${job.place}: ${role} does not trust ${subject}`);
}

const differ = (place: string, is: readonly string[] | undefined, expected: readonly string[]): string[] =>
  is?.join() === expected.join() ? [] : [`${place} has ${is?.join(', ') ?? 'none'}, and not ${expected.join(', ')}`];

/** Names that the workflows repeat, because GitHub reads them before any program runs. */
export const namesEnvironmentsAndServices: Check = (project) => {
  const all = project.environments.map(({ name }) => name);
  const matrix = (place: string, name: string) => jobOf(project, place)?.strategy?.matrix?.[name];
  const chosen = workflowsOf(project).flatMap(({ file, on }) =>
    Object.values(on).flatMap((trigger) => (trigger?.inputs?.environment?.options ? [{ file, trigger }] : [])),
  );
  const deployed = jobsOf(project).flatMap(({ place, with: given }) =>
    [...String(given?.environment ?? '').matchAll(/^([a-z]\w*)$|'([a-z]\w*)'/g)].map(([, a, b]) => ({
      place,
      name: a ?? b ?? '',
    })),
  );
  return [
    ...differ('drift.yml: compare', matrix('drift.yml: compare', 'environment'), all),
    ...differ(
      'plan.yml: plan',
      matrix('plan.yml: plan', 'environment'),
      project.accounts.flatMap(({ previewEnvironments }) => previewEnvironments),
    ),
    ...differ('deploy.yml: attest', matrix('deploy.yml: attest', 'service'), SERVICE_NAMES),
    ...chosen.flatMap(({ file, trigger }) => differ(file, trigger.inputs?.environment?.options, all)),
    ...deployed
      .filter(({ name }) => !all.includes(name))
      .map(({ place, name }) => `${place} deploys to ${name}, which is unknown`),
    ...unless(
      deployed.map(({ name }) => name).join() === 'staging,prod',
      'deploy.yml must deploy main to staging and releases to prod',
    ),
  ];
};
