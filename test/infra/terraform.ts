import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_CREDENTIALS } from '../../scripts/local/emulators/emulators.ts';

/** A configuration in its own folder, with its state. */
export interface Workspace {
  folder: string;
  /** Runs a command. Rejects with Terraform's whole output. */
  run(command: string, ...options: string[]): Promise<string>;
  apply(): Promise<string>;
  destroy(): Promise<string>;
  /** The changes of a plan as `address: actions`; empty if `-detailed-exitcode` is 0. */
  changes(): Promise<string[]>;
  /** Replaces the configuration, with the same state. */
  become(configuration: Configuration): Promise<void>;
  /** The changes of a plan without a refresh, or why it is refused. */
  planned(): Promise<Planned>;
  /** A copy with the same configuration and state, which is independent from now on. */
  copy(): Promise<Workspace>;
  /** The changes of a plan for a pull request: without a refresh and without a lock. */
  preview(endpoint: string): Promise<string[]>;
  remove(): Promise<void>;
}

/** The changes of resources in a plan, or the sentences with which it is refused. */
interface Planned {
  changes: { type: string; action: string }[];
  refusals: string[];
}

/** The parts of a synthesised stack that are read here. */
export interface Configuration {
  provider?: { aws?: { alias?: string; region?: string; allowed_account_ids?: string[] }[] };
  resource?: Record<string, Record<string, object>>;
}

/**
 * Provider settings that only an emulator needs. Terraform merges a file of this name into the others, so the stack itself stays unchanged.
 */
const overrideOf = ({ provider }: Configuration): object => ({
  terraform: { backend: { local: {} } },
  provider: {
    aws: (provider?.aws ?? [{}]).map(({ alias }) => ({
      ...(alias && { alias }),
      s3_use_path_style: true,
      skip_credentials_validation: true,
      skip_metadata_api_check: true,
    })),
  },
});

/** Opens a folder with a configuration and its files. All of AWS is at the endpoint. */
export async function openWorkspace(
  configuration: Configuration,
  endpoint: string,
  beside?: string,
): Promise<Workspace> {
  const folder = await mkdtemp(FOLDERS);
  if (beside) await cp(beside, folder, { recursive: true });
  const workspace = workspaceIn(folder, endpoint);
  await workspace.become(configuration);
  await workspace.run('init', '-input=false');
  return workspace;
}

const FOLDERS = join(tmpdir(), 'image-service-terraform-');

function workspaceIn(folder: string, endpoint: string): Workspace {
  const run = async (command: string, ...options: string[]) =>
    (await terraform(folder, endpoint, [command, ...options])).stdout;
  const plan = async (at: string, ...options: string[]) => {
    const detailed = ['plan', '-input=false', '-out=plan', '-detailed-exitcode', ...options];
    const { code } = await terraform(folder, at, detailed);
    return code === 0 ? [] : changesIn(JSON.parse(await run('show', '-json', 'plan')));
  };
  return {
    folder,
    run,
    apply: () => run('apply', '-input=false', '-auto-approve'),
    destroy: () => run('destroy', '-input=false', '-auto-approve'),
    changes: () => plan(endpoint),
    async become(configuration) {
      await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(configuration, null, 1));
      await writeFile(join(folder, 'emulator_override.tf.json'), JSON.stringify(overrideOf(configuration)));
    },
    planned: () => planned(folder, endpoint),
    async copy() {
      const other = await mkdtemp(FOLDERS);
      await cp(folder, other, { recursive: true });
      return workspaceIn(other, endpoint);
    },
    preview: (at) => plan(at, '-refresh=false', '-lock=false'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Reads Terraform's own report, which has the changes even if a condition refuses the plan. */
async function planned(folder: string, endpoint: string): Promise<Planned> {
  const args = ['plan', '-json', '-input=false', '-refresh=false', '-lock=false'];
  const { stdout } = await start(folder, endpoint, args);
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const of = (kind: string) => messages.filter(({ type }) => type === kind);
  return {
    changes: of('planned_change').map(({ change }) => ({ type: change.resource.resource_type, action: change.action })),
    refusals: of('diagnostic')
      .filter((message) => message['@level'] === 'error')
      .map(({ diagnostic }) => diagnostic.detail || diagnostic.summary),
  };
}

interface Change {
  actions: string[];
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

interface Plan {
  resource_changes?: { address: string; change: Change }[];
  output_changes?: Record<string, Change>;
}

function changesIn({ resource_changes = [], output_changes = {} }: Plan): string[] {
  const outputs = Object.entries(output_changes).map(([name, change]) => ({ address: `output.${name}`, change }));
  return [...resource_changes, ...outputs]
    .filter(({ change }) => !change.actions.every((action) => action === 'no-op' || action === 'read'))
    .map(({ address, change }) => `${address}: ${change.actions.join(', ')} ${differences(change)}`);
}

/** The attributes that a change affects, as JSON. */
function differences({ before, after }: Change): string {
  if (!before || !after) return '';
  const names = Object.keys({ ...before, ...after });
  const differ = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return JSON.stringify(Object.fromEntries(differ.map((name) => [name, { is: before[name], willBe: after[name] }])));
}

/**
 * Terraform retries for hours in an outage. An emulator on this machine answers at once or never, and a busy machine takes minutes for 230
 * resources.
 */
const TIMEOUT_MS = 900_000;

/** The status with `-detailed-exitcode` of a successful plan with changes. */
const CHANGES = 2;

async function terraform(cwd: string, endpoint: string, args: string[]): Promise<Ended> {
  const ended = await start(cwd, endpoint, args);
  const { code, error, stdout, stderr } = ended;
  if (!error || code === CHANGES) return ended;
  throw new Error(`terraform ${args.join(' ')}: ${error.message}\n${stdout.slice(-4000)}\n${stderr}`);
}

interface Ended {
  code: number;
  /** Set if the command has failed. */
  error: Error | null;
  stdout: string;
  stderr: string;
}

function start(cwd: string, endpoint: string, args: string[]): Promise<Ended> {
  const { PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR } = process.env;
  const env = {
    ...{ PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR, ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: endpoint },
    // Otherwise each init installs the provider into the cache again, which fails for two at once. The folders are temporary, so lock files
    // do not matter.
    TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: 'true',
    ...{ AWS_MAX_ATTEMPTS: '3', TF_CLI_ARGS: '-no-color', TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  };
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile('terraform', args, options, (error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? 1, error, stdout, stderr }),
    );
  });
}
