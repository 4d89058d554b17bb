import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { accountNames } from '../../../shared/contracts/names.ts';
import type { Image } from '../applied/task-processes.ts';
import { API_KEY } from '../prerequisites.ts';
import { openRoles } from './assumed-roles.ts';
import type { BadVersion } from './bad-versions.ts';
import { openRehearsedEnvironment, REGION, type RehearsedEnvironment } from './rehearsed-environment.ts';
import { ACCOUNT_ID, ENVIRONMENT, edit } from './settings.ts';
import { buildVersion, type Version } from './versions.ts';
import { type Runner, runWorkflow, type StepResult } from './workflow.ts';

const WORKFLOW = '.github/workflows/deploy-environment.yml';

/** Puts the skopeo of the rehearsal into a folder for the PATH. */
async function installSkopeo(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const program = fileURLToPath(new URL('./skopeo.ts', import.meta.url));
  await writeFile(join(bin, 'skopeo'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  return bin;
}

/**
 * What is added to commands so that they wait less. `npm run smoke` gives up after a minute and a half in place of a quarter of an hour: nothing
 * here takes longer, but where nothing happens at all it would wait so long.
 */
const SHORTER: [command: string, options: string][] = [
  ['npm run wait-steady', '--interval 1'],
  ['npm run rollback', '--interval 1'],
  ['npm run smoke', '--timeout 1.5'],
];

export interface Rehearsal {
  environment: RehearsedEnvironment;
  /** Runs the workflow with a version, as GitHub would. */
  deploy(version: Version, isPushed?: boolean): Promise<StepResult[]>;
  deployBad(bad: BadVersion): Promise<StepResult[]>;
  /** Runs a command in the checkout, with an administrator's credentials. */
  run(command: string, variables?: Record<string, string>): Promise<{ status: number; output: string }>;
  /** The errors in the logs of the services. */
  faults(): string;
  stop(): Promise<void>;
}

/** Opens an environment in which versions are deployed by the workflow. */
export async function openRehearsal(): Promise<Rehearsal> {
  const images = new Map<string, Image>();
  const environment = await openRehearsedEnvironment((digest) => images.get(digest));
  const { project } = environment;
  const variables = variablesFor(environment, await installSkopeo(environment.folder));
  const roles = openRoles(environment);
  /** Whether the stacks of the checkout are synthesised as they are. */
  let isSynthesised = false;

  const runnerFor = (version: Version, isPushed: boolean): Runner => ({
    workspace: project,
    contexts: {
      inputs: { environment: ENVIRONMENT, 'build-run': '', 'allow-replacement': false },
      github: { run_id: '1', token: '', sha: version.revision },
      secrets: { IMAGE_SERVICE_API_KEY: API_KEY, IMAGE_SERVICE_CDN_SIGNING_KEY: '' },
    },
    variables: { ...variables, GITHUB_SHA: version.revision },
    actions: {
      'actions/checkout': async () => {
        for (const left of LEFT_BEHIND) await rm(join(project, left), { recursive: true, force: true });
        return undefined;
      },
      './.github/actions/setup': async () => undefined,
      'actions/download-artifact': async ({ path = '' }) => {
        await cp(version.artifact, join(project, path), { recursive: true });
        return undefined;
      },
      'actions/upload-artifact': async () => undefined,
      'aws-actions/configure-aws-credentials': roles.assume,
    },
    rewrite(command) {
      if (command.startsWith('npm run synth')) return synthesiseOnce(command);
      if (command.startsWith('npm run images -- push') && !isPushed) return ':';
      const [, options] = SHORTER.find(([begin]) => command.includes(begin)) ?? [];
      return options ? `${command.trimEnd()} ${options}` : command;
    },
    check: roles.check,
  });

  /** The jobs synthesise the same stacks again. */
  function synthesiseOnce(command: string): string {
    const left = isSynthesised ? ':' : command;
    isSynthesised = true;
    return left;
  }

  async function deploy(version: Version, isPushed = true): Promise<StepResult[]> {
    const { programs: folder, revision, stacks } = version;
    const image = { folder, environment: { IMAGE_SERVICE_VERSION: '0.1.0', IMAGE_SERVICE_REVISION: revision } };
    for (const digest of Object.values(version.digests)) images.set(digest, image);
    await edit(project, stacks);
    if (stacks.length > 0) isSynthesised = false;
    try {
      return await runWorkflow(join(project, WORKFLOW), runnerFor(version, isPushed));
    } finally {
      if (stacks.length > 0) isSynthesised = false;
      await edit(
        project,
        stacks.map(({ file, from, to }) => ({ file, from: to, to: from })),
      );
    }
  }

  return {
    environment,
    deploy,
    async deployBad(bad) {
      const version = await buildVersion(environment.folder, bad);
      if (bad.build === 'vulnerable') await findVulnerability(environment.endpoint, version.scanned['sync-upload']);
      return deploy(version, bad.build !== 'not pushed');
    },
    async run(command, more = {}) {
      if (!isSynthesised) await runCommand('npm run synth', { cwd: project, env: variables });
      isSynthesised = true;
      const administrator = { ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: environment.endpoint, AWS_REGION: REGION };
      const own = { ...variables, ...administrator, IMAGE_SERVICE_API_KEY: API_KEY, ...more };
      return runCommand(command, { cwd: project, env: own });
    },
    faults: () =>
      environment.tasks
        .log()
        .split('\n')
        .filter((line) => /"level":[56]0/.test(line) || !line.startsWith('{'))
        .slice(-50)
        .join('\n'),
    async stop() {
      await environment.stop();
      await roles.stop();
    },
  };
}

/** What one run of the workflow leaves in the checkout, where the next one finds none of it. */
const LEFT_BEHIND = ['images', 'previous.json', 'outputs.json'];

/** Has the scan of an image find something. */
async function findVulnerability(endpoint: string, imageDigest: string): Promise<void> {
  const finding = {
    name: 'CVE-2026-99999',
    severity: 'CRITICAL',
    attributes: [{ key: 'package_name', value: 'zlib' }],
  };
  const result = {
    imageScanFindings: { findings: [finding], findingSeverityCounts: { CRITICAL: 1 } },
    ...{ repositoryName: accountNames({ accountId: ACCOUNT_ID, region: REGION }).repository('sync-upload') },
    ...{ registryId: ACCOUNT_ID, imageId: { imageDigest }, imageScanStatus: { status: 'COMPLETE' } },
  };
  const url = `${endpoint}/moto-api/static/ecr/scan-finding-results`;
  const body = JSON.stringify({ results: [result], region: REGION, account_id: ACCOUNT_ID });
  const answer = await fetch(url, { method: 'POST', body });
  if (!answer.ok) throw new Error(`moto does not take findings: ${answer.status}`);
}

async function runCommand(command: string, options: { cwd: string; env: Record<string, string> }) {
  const shell = spawn('bash', ['-ec', command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, error, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'exit')]);
  return { status: code ?? 1, output: `${out}${error}` };
}

function variablesFor({ edge }: RehearsedEnvironment, bin: string): Record<string, string> {
  const { PATH, HOME = '', TF_CLI_CONFIG_FILE = '', TF_PLUGIN_CACHE_DIR = '' } = process.env;
  return {
    ...{ PATH: `${bin}:${PATH}`, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR, ...edge.variables },
    // What the apply creates is compared with AWS once in the end.
    ...{
      TF_CLI_ARGS: '-no-color',
      TF_CLI_ARGS_plan: '-refresh=false',
      TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: 'true',
    },
    ...{
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      GITHUB_ACTIONS: 'true',
      CI: 'true',
    },
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
  };
}
