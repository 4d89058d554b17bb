import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { BootstrapStack } from '../../stacks/bootstrap-stack.ts';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import type { AccountSettings, EnvironmentSettings } from '../../stacks/environments/settings.ts';
import { ROOT } from '../house/source-files.ts';
import { all, synthesise } from '../support/stacks/entrance.ts';
import { testingApp } from '../support/stacks/testing-app.ts';

/** What workflows are compared with. Mistakes change a copy of it. */
export interface Project {
  /** The text of each workflow and action, by its path. */
  files: Record<string, string>;
  /** The scripts of package.json. */
  scripts: Record<string, string>;
  /** The subjects of GitHub's tokens that each role of the bootstrap trusts, by the role's name. */
  trust: Record<string, string[]>;
  environments: readonly Pick<EnvironmentSettings, 'name' | 'accountId'>[];
  accounts: readonly AccountSettings[];
  /** The text of .ci/run. */
  ci: string;
  /** What each part of the workflows may say. */
  allowed: Record<string, unknown>;
}

export interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  run?: string;
  shell?: string;
  'timeout-minutes'?: number;
}

export interface Job {
  /** `deploy.yml: build` */
  place: string;
  id: string;
  workflow: Workflow;
  if?: string;
  needs?: string | string[];
  uses?: string;
  with?: Record<string, unknown>;
  secrets?: string | Record<string, string>;
  'runs-on'?: unknown;
  environment?: string;
  permissions?: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': boolean | string };
  strategy?: { matrix?: Record<string, string[]> };
  outputs?: Record<string, string>;
  env?: Record<string, string>;
  steps: Step[];
  'timeout-minutes'?: number;
}

interface Trigger {
  inputs?: Record<string, { type: string; options?: string[]; default?: unknown }>;
  branches?: string[];
  types?: string[];
}

export interface Workflow {
  /** `deploy.yml` */
  file: string;
  on: Record<string, Trigger | null>;
  permissions?: unknown;
  concurrency?: Job['concurrency'];
  defaults?: { run?: { shell?: string } };
  jobs: Job[];
}

/** A finding is a sentence that names the place. */
export type Check = (project: Project) => string[] | Promise<string[]>;

/** A finding where something does not hold. */
export const unless = (holds: unknown, finding: string): string[] => (holds ? [] : [finding]);

export const WORKFLOWS = '.github/workflows/';

export const ALLOWED = join(ROOT, 'test/workflows/allowed.yml');

export function readProject(): Project {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const paths = globSync(`.github/{workflows,actions}/**/*.{yml,yaml}`, { cwd: ROOT }).sort();
  return {
    files: Object.fromEntries(paths.map((path) => [path, read(path)])),
    scripts: JSON.parse(read('package.json')).scripts,
    trust: Object.fromEntries(Object.values(ACCOUNTS).flatMap(trustOf)),
    environments: ENVIRONMENTS,
    accounts: Object.values(ACCOUNTS),
    ci: read('.ci/run'),
    allowed: existsSync(ALLOWED) ? parse(readFileSync(ALLOWED, 'utf8')) : {},
  };
}

/** The roles that an account's bootstrap makes for workflows. */
function trustOf(account: AccountSettings): [name: string, subjects: string[]][] {
  const roles = all(synthesise(new BootstrapStack(testingApp(), 'bootstrap', account)), 'iam_role');
  return roles.map(({ name, assume_role_policy }) => {
    const [{ Condition }] = JSON.parse(assume_role_policy).Statement;
    return [name, [Condition.StringEquals['token.actions.githubusercontent.com:sub']].flat()];
  });
}

/** A list, or values by their keys. */
export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

const parsed = new Map<string, unknown>();

/** Parses a text once, because every check looks at all files. */
export function parseOnce<T>(text: string): T {
  const known = parsed.get(text) ?? parse(text);
  parsed.set(text, known);
  return known as T;
}

export const workflowsOf = ({ files }: Project): Workflow[] =>
  Object.entries(files)
    .filter(([path]) => path.startsWith(WORKFLOWS))
    .map(([path, text]) => {
      const written = parseOnce<Omit<Workflow, 'file' | 'jobs'> & { jobs: Record<string, Partial<Job>> }>(text);
      const workflow: Workflow = { ...written, file: path.slice(WORKFLOWS.length), jobs: [] };
      for (const [id, job] of Object.entries(written.jobs))
        workflow.jobs.push({ steps: [], ...job, id, workflow, place: `${workflow.file}: ${id}` });
      return workflow;
    });

export const jobsOf = (project: Project): Job[] => workflowsOf(project).flatMap(({ jobs }) => jobs);

/** All steps, those of the project's own actions too. */
export function stepsOf(project: Project): (Step & { place: string; job?: Job })[] {
  const own = Object.entries(project.files).filter(([path]) => !path.startsWith(WORKFLOWS));
  const ofActions = own.flatMap(([place, text]) =>
    parseOnce<{ runs: { steps: Step[] } }>(text).runs.steps.map((step) => ({ ...step, place })),
  );
  const ofJobs = jobsOf(project).flatMap((job) => job.steps.map((step) => ({ ...step, place: job.place, job })));
  return [...ofJobs, ...ofActions];
}

/** A job, whose absence is a finding of another check. */
export const jobOf = (project: Project, place: string): Job | undefined =>
  jobsOf(project).find((job) => job.place === place);

/** An expression as workflows write it. */
export const expression = (text: string): string => `\${{ ${text} }}`;

/** Whether a job may get credentials by its own token, or give that permission to the workflow that it calls. */
export const hasToken = ({ permissions = {} }: Job): boolean => permissions['id-token'] === 'write';
