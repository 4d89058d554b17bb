import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPythonTool } from '../test-run/python-tool.ts';

const run = promisify(execFile);

/** The version is fixed, because newer ones find more, which a person has to look at. */
const CHECKOV = 'checkov==3.3.30';

/** The environment variable in which the suite finds checkov. It is absent where installation failed. */
export const CHECKOV_VARIABLE = 'CHECKOV';

const MOST_BYTES = 256 * 1024 * 1024;

export interface CheckovFinding {
  check: string;
  name: string;
  /** Stack and resource, without the digits that CDKTF adds: `platform-dev/vpc`. */
  place: string;
}

/** Installs checkov if necessary, and returns the environment variables for the suite. `tell` gets the reason where that fails. */
export async function installCheckov(tell: (line: string) => void): Promise<Record<string, string>> {
  try {
    return { [CHECKOV_VARIABLE]: join(await installPythonTool(CHECKOV, 'checkov.main'), 'checkov') };
  } catch (error) {
    const reason = (error as Error).message.trim();
    tell(`SKIPPED: ${CHECKOV} cannot be installed, for which python3 with venv and pip is needed: ${reason}`);
    return {};
  }
}

interface FailedCheck {
  check_id: string;
  check_name: string;
  file_path: string;
  /** `aws_vpc.vpc`, `resource.vpc`, `data.zones` */
  resource: string;
}

const placeOf = ({ file_path, resource }: FailedCheck): string => {
  const [, stack = ''] = file_path.split('/');
  const name = resource.startsWith('data.') ? resource : resource.slice(resource.indexOf('.') + 1);
  return `${stack}/${name.replace(/_[0-9A-F]{8}$/, '')}`;
};

/** A synthesised stack. */
export interface ScannedStack {
  id: string;
  configuration: object;
}

/**
 * Removes what checkov cannot read: it fails at moved blocks and a required version ("this method receives only dicts"), and checks nothing
 * in either (checkov 3.3.30, terraform_json/parser.py).
 */
function readablePart(configuration: object): object {
  const { moved: _, terraform: __, ...readable } = configuration as Record<string, unknown>;
  return readable;
}

/** Runs checkov on stacks, which it reads from a folder. If `checks` are named, it runs only these. */
export async function runCheckov(
  program: string,
  stacks: readonly ScannedStack[],
  { folder, checks = [] }: { folder: string; checks?: string[] },
): Promise<CheckovFinding[]> {
  for (const { id, configuration } of stacks) {
    await mkdir(join(folder, id), { recursive: true });
    await writeFile(join(folder, id, 'cdk.tf.json'), JSON.stringify(readablePart(configuration), null, 2));
  }
  const options = ['--framework', 'terraform_json', '--output', 'json', '--quiet', '--soft-fail', '--skip-download'];
  const only = checks.length > 0 ? ['--check', checks.join()] : [];
  const { stdout } = await run(program, ['--directory', folder, ...options, ...only], { maxBuffer: MOST_BYTES });
  const { results, summary = {}, parsing_errors = summary.parsing_errors } = JSON.parse(stdout);
  // checkov's output has nothing but the number of parsing errors where there is nothing else to report.
  if (parsing_errors > 0) throw new Error(`checkov cannot read ${parsing_errors} of the stacks in ${folder}`);
  return results.failed_checks.map((failed: FailedCheck) => ({
    check: failed.check_id,
    name: failed.check_name,
    place: placeOf(failed),
  }));
}
