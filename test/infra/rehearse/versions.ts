import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { type Edit, edit } from './settings.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What a build leaves behind, and the programs that are in its images. */
export interface Version {
  name: string;
  /** The commit, as the images and GITHUB_SHA say it. */
  revision: string;
  /** The artifact: archives and digests.json. */
  artifact: string;
  digests: Record<ServiceName, string>;
  /** The digests of the images for one platform, which ECR scans. */
  scanned: Record<ServiceName, string>;
  /** The folder of the programs. */
  programs: string;
  /** The changes to the checkout from which it is deployed. */
  stacks: readonly Edit[];
}

interface Built {
  name: string;
  /** The changes to the programs and to the stacks. */
  programs?: readonly Edit[];
  stacks?: readonly Edit[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Builds a version of this project with some changes. Its archives have manifests, but no layers. */
export async function buildVersion(folder: string, { name, programs = [], stacks = [] }: Built): Promise<Version> {
  const own = join(folder, name.replaceAll(/\W+/g, '-'));
  const artifact = join(own, 'images');
  await mkdir(artifact, { recursive: true });
  const revision = sha256(name).slice(0, 40);
  const archives = SERVICE_NAMES.map(
    async (service) => [service, await makeArchive(artifact, service, revision)] as const,
  );
  const made = await Promise.all(archives);
  const each = (which: 'index' | 'manifest') =>
    Object.fromEntries(made.map(([service, archive]) => [service, archive[which]])) as Version['digests'];
  const digests = each('index');
  await writeFile(join(artifact, 'digests.json'), JSON.stringify({ version: '0.1.0', revision, images: digests }));
  const built = programs.length > 0 ? await copyPrograms(own, programs) : ROOT;
  return { name, revision, artifact, digests, scanned: each('manifest'), programs: built, stacks };
}

async function copyPrograms(own: string, edits: readonly Edit[]): Promise<string> {
  const programs = join(own, 'programs');
  for (const part of ['containers', 'shared', 'package.json'])
    await cp(join(ROOT, part), join(programs, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(programs, 'node_modules'));
  await edit(programs, edits);
  return programs;
}

const TYPES = 'application/vnd.oci.image';

/** Writes an OCI archive for one platform. Returns the digests of its index and its manifest. */
async function makeArchive(artifact: string, service: ServiceName, revision: string) {
  const folder = join(artifact, service);
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (kind: string, content: object) => {
    const text = JSON.stringify(content);
    await writeFile(join(blobs, sha256(text)), text);
    return { mediaType: `${TYPES}.${kind}.v1+json`, digest: `sha256:${sha256(text)}`, size: text.length };
  };
  const schema = (kind: string) => ({ schemaVersion: 2, mediaType: `${TYPES}.${kind}.v1+json` });
  const platform = { os: 'linux', architecture: 'amd64' };
  const config = await put('config', { ...platform, config: { Labels: { service, revision } }, rootfs: {} });
  const manifest = await put('manifest', { ...schema('manifest'), config, layers: [] });
  const index = await put('index', { ...schema('index'), manifests: [{ ...manifest, platform }] });
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
  await promisify(execFile)('tar', ['-cf', join(artifact, `${service}.oci.tar`), '-C', folder, '.']);
  return { index: index.digest, manifest: manifest.digest };
}
