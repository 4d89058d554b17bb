import { type Check, expression, hasToken, jobsOf, stepsOf } from '../project.ts';

/** GitHub replaces expressions before the shell reads the text, so whatever they contain is run. Values come in variables. */
export const runsNoExpression: Check = (project) =>
  stepsOf(project)
    .filter(({ run = '' }) => run.includes('${{'))
    .map(({ place, run }) => `${place}: an expression inside of run: ${run}`);

/** Without quotes a value could bring further arguments. */
export const quotesVariables: Check = (project) =>
  stepsOf(project).flatMap(({ place, run = '' }) =>
    [...run.replaceAll(/"[^"]*"|'[^']*'|\$\{\w+:\+--[a-z-]+\}/g, '').matchAll(/\$\{?\w+\}?/g)].map(
      ([variable]) => `${place}: ${variable} stands without quotes in: ${run}`,
    ),
  );

const IS_OWN = 'github.event.pull_request.head.repo.full_name == github.repository';
const IS_NO_BOT = "github.event.pull_request.user.login != 'dependabot[bot]'";

/** Nobody has reviewed what a pull request from a fork runs, and its author may not push here. */
export const givesForksNoCredentials: Check = (project) =>
  jobsOf(project)
    .filter(({ workflow }) => 'pull_request' in workflow.on)
    .filter(({ permissions = {} }) => Object.values(permissions).includes('write'))
    .filter((job) => job.if !== expression(`${IS_OWN} && ${IS_NO_BOT}`))
    // Without a plan there is nothing to comment.
    .filter((job) => hasToken(job) || job.needs !== 'plan' || !job.if?.includes("needs.plan.result != 'skipped'"))
    .map(({ place }) => `${place} has rights in pull requests from forks or of Dependabot`);

/** The job that may write to a pull request runs the code of main. */
export const commentsByReviewedCode: Check = (project) =>
  jobsOf(project)
    .filter(
      ({ workflow, permissions = {} }) => 'pull_request' in workflow.on && permissions['pull-requests'] === 'write',
    )
    .filter(({ steps }) => steps[0]?.with?.ref !== expression('github.event.pull_request.base.sha'))
    .map(({ place }) => `${place} runs the code of the pull request`);
