import type { Project } from '../project.ts';

/** Makes a mistake in a copy of the project. */
export type Mistake = (project: Project) => void;

/** Mistakes by what they are, by the title of the check that must find them. */
export type Mistakes = Record<string, Record<string, Mistake>>;

/** Replaces a text that must be there, the first time that it occurs behind `after`. */
const edit =
  (path: string, [from, to, after = '']: readonly [from: string, to: string, after?: string]): Mistake =>
  ({ files }) => {
    const file = `.github/${path}`;
    const text = files[file] ?? '';
    const at = text.indexOf(from, text.indexOf(after));
    if (at < 0 || !text.includes(after)) throw new Error(`${file} has no ${from}`);
    files[file] = text.slice(0, at) + to + text.slice(at + from.length);
  };

/** Several changes that are one mistake. */
export const together =
  (...mistakes: Mistake[]): Mistake =>
  (project) => {
    for (const make of mistakes) make(project);
  };

type Change = [from: string, to: string, after?: string];

const inWorkflow =
  (name: string) =>
  (...change: Change): Mistake =>
    edit(`workflows/${name}.yml`, change);

export const inCheck = inWorkflow('check');
export const inPlan = inWorkflow('plan');
export const inDeploy = inWorkflow('deploy');
export const inEnvironment = inWorkflow('deploy-environment');
export const inDrift = inWorkflow('drift');
export const inTeardown = inWorkflow('teardown');
export const inSetup = (...change: Change): Mistake => edit('actions/setup/action.yml', change);
