import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { namesOf } from '../../../shared/contracts/names.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { type Image, openTaskProcesses, type TaskProcesses } from '../applied/task-processes.ts';
import { aws } from '../aws-cli.ts';
import { startEmulatedAws } from '../emulated-aws.ts';
import { putParameters } from '../prerequisites.ts';
import { copyProject } from '../rehearsal.ts';
import { openWorkspace } from '../terraform.ts';
import { type Edge, startEdge } from './edge.ts';
import { ACCOUNT_ID, DOMAIN_NAME, ENVIRONMENT, edit, settingsFor } from './settings.ts';

export const REGION = 'us-east-1';

export const NAMES = namesOf({ environment: ENVIRONMENT, accountId: ACCOUNT_ID, region: REGION });

/** An account with its bootstrap and its secrets, in which nothing is deployed yet, and a checkout with its settings. */
export interface RehearsedEnvironment {
  endpoint: string;
  /** The checkout, which each deployment is made from. */
  project: string;
  /** For files of the rehearsal. */
  folder: string;
  /** The configuration of the applied bootstrap. */
  bootstrap: { resource: Record<string, Record<string, object>> };
  tasks: TaskProcesses;
  edge: Edge;
  stop(): Promise<void>;
}

/** Prepares everything that docs/deploying.md asks of a person before the first deployment. */
export async function openRehearsedEnvironment(
  imageOf: (digest: string) => Image | undefined,
): Promise<RehearsedEnvironment> {
  const temporary = await createTemporaryFolder();
  let [endpoint, edge]: [string, Edge | undefined] = ['', undefined];
  const tasks = await openTaskProcesses({ endpoint: () => endpoint, accountId: ACCOUNT_ID, imageOf });
  const outside = {
    startTask: tasks.startTask,
    invalidate: (_: string, paths: string[]) => edge?.invalidate(paths),
  };
  const emulated = await startEmulatedAws(ACCOUNT_ID, { outside });
  const stop = async () => {
    await tasks.stop();
    await edge?.stop();
    await emulated.stop();
    await temporary.remove();
  };
  try {
    endpoint = emulated.endpoint;
    const project = join(temporary.path, 'project');
    await checkOut(project);
    const certificate = ['--domain-name', DOMAIN_NAME, '--region', REGION];
    const { CertificateArn } = await aws(endpoint, 'acm', 'request-certificate', ...certificate);
    await edit(project, settingsFor(CertificateArn));
    // The workflow synthesises them once more, with a check of the types.
    await promisify(execFile)(process.execPath, ['stacks/main.ts'], { cwd: project });
    const bootstrap = await applyBootstrap(endpoint, project);
    await putSecrets(endpoint, project);
    const address = { endpoint, cluster: NAMES.cluster, domainName: DOMAIN_NAME };
    edge = await startEdge({ ...address, targets: tasks.targets, folder: temporary.path });
    return { endpoint, project, folder: temporary.path, bootstrap, tasks, edge, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const ROOT = join(import.meta.dirname, '../../..');

async function checkOut(project: string): Promise<void> {
  await mkdir(project);
  await copyProject(project);
  await cp(join(ROOT, '.github'), join(project, '.github'), { recursive: true });
}

const stackIn = async (project: string, id: string) => {
  const folder = join(project, 'cdktf.out/stacks', id);
  return { folder, configuration: JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8')) };
};

async function applyBootstrap(endpoint: string, project: string) {
  const { configuration, folder } = await stackIn(project, 'bootstrap');
  const workspace = await openWorkspace(configuration, endpoint, folder);
  await workspace.apply();
  await workspace.remove();
  return configuration;
}

async function putSecrets(endpoint: string, project: string): Promise<void> {
  const { configuration } = await stackIn(project, `platform-${ENVIRONMENT}`);
  // The digests of images are recorded by the workflow.
  const text = JSON.stringify(configuration).replaceAll(NAMES.imageParameter(''), '');
  await putParameters(endpoint, text);
}
