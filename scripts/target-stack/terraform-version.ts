import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';

export interface TerraformVersion {
  /** Undefined where Terraform does not start. */
  version?: string;
  isEnough: boolean;
  /** Why Terraform does not start. */
  error?: unknown;
}

export async function terraformVersion(env: NodeJS.ProcessEnv): Promise<TerraformVersion> {
  try {
    const { stdout } = await promisify(execFile)('terraform', ['version', '-json'], { env });
    const version: string = JSON.parse(stdout).terraform_version;
    return { version, isEnough: version.localeCompare(OLDEST_TERRAFORM, 'en', { numeric: true }) >= 0 };
  } catch (error) {
    return { isEnough: false, error };
  }
}
