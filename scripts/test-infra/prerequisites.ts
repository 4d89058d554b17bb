import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';
import { terraformVersion } from '../target-stack/terraform-version.ts';
import { mirrorSettings } from './provider-mirror.ts';

const run = promisify(execFile);

export const PROVIDER = '5.100.0';

/**
 * The environment for Terraform: the user's own, with a mirror of providers on this machine where Terraform's configuration names none, and
 * with one provider cache for all folders, so that each `init` makes a link instead of a copy of 700 MB.
 */
export async function prepareTerraform(folder: string): Promise<NodeJS.ProcessEnv> {
  const cache = process.env.TF_PLUGIN_CACHE_DIR ?? join(folder, 'plugins');
  await mkdir(cache, { recursive: true });
  return { ...process.env, ...(await mirrorSettings(folder, PROVIDER)), TF_PLUGIN_CACHE_DIR: cache };
}

/** Finds the programs that the tests need and that are missing, each with a way to get it. */
export async function findMissing(folder: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const checks = [
    checkTerraform(folder, env),
    checkProgram('moto_server', ['--help'], "pip install 'moto[server]==5.2.1'"),
    checkProgram('openssl', ['version'], 'apt-get install openssl, or brew install openssl'),
  ];
  const missing = await Promise.all([...checks, checkProgram('aws', ['--version'], 'pip install awscli')]);
  return missing.filter((reason) => reason !== undefined);
}

async function checkProgram(name: string, args: string[], remedy: string): Promise<string | undefined> {
  try {
    await run(name, args);
    return undefined;
  } catch (error) {
    return `  ${name}: it does not start (${firstLine(error)}). Install it: ${remedy}`;
  }
}

async function checkTerraform(folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const remedy = 'https://developer.hashicorp.com/terraform/install';
  const { version, isEnough, error } = await terraformVersion(env);
  if (!version) return `  terraform: it does not start (${firstLine(error)}). Install it: ${remedy}`;
  if (!isEnough) return `  terraform ${OLDEST_TERRAFORM} or newer: this is ${version}. Install another: ${remedy}`;
  return checkProvider(folder, env);
}

/** Only Terraform knows where its providers are, so this initialises a folder that requires just this provider. */
async function checkProvider(folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const probe = join(folder, 'provider');
  await mkdir(probe);
  const aws = { source: 'hashicorp/aws', version: PROVIDER };
  await writeFile(join(probe, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { aws } } }));
  try {
    await run('terraform', [`-chdir=${probe}`, 'init', '-input=false', '-no-color'], { env });
    return undefined;
  } catch (error) {
    return `  hashicorp/aws ${PROVIDER}: terraform init does not find it (${firstLine(error)}). Let it reach registry.terraform.io, or name the folder of a mirror in TERRAFORM_MIRROR`;
  }
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  return (
    `${stderr || message}`
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? ''
  );
}
