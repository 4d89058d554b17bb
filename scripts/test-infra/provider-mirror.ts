import { existsSync } from 'node:fs';
import { glob, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const AWS = 'registry.terraform.io/hashicorp/aws';

/** Terraform's own configuration, which may name a mirror, a credential or a proxy, and is left alone. */
const userConfiguration = (): string => process.env.TF_CLI_CONFIG_FILE || join(homedir(), '.terraformrc');

/** The first folder in /opt that `terraform providers mirror` has filled with that version, packed or unpacked. */
async function findInOpt(version: string): Promise<string | undefined> {
  for await (const found of glob(`/opt/*/${AWS}/*${version}*`)) return found.slice(0, found.indexOf(`/${AWS}`));
  return undefined;
}

/**
 * What tells Terraform of a mirror of its AWS provider on this machine, for machines without a network: nothing where Terraform has a
 * configuration, or where there is no mirror. Terraform finds those in its own folders, such as ~/.terraform.d/plugins, by itself.
 */
export async function mirrorSettings(folder: string, version: string): Promise<NodeJS.ProcessEnv> {
  if (existsSync(userConfiguration())) return {};
  const mirror = process.env.TERRAFORM_MIRROR || (await findInOpt(version));
  if (!mirror) return {};
  const configuration = join(folder, 'mirror.tfrc');
  // Terraform asks every source that may have a provider, and fails where one of them does not answer.
  const text = `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["${AWS}"]
  }
  direct {
    exclude = ["${AWS}"]
  }
}
`;
  await writeFile(configuration, text);
  return { TF_CLI_CONFIG_FILE: configuration };
}
