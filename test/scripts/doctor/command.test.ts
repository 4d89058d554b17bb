import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { CHECKS } from '../../../scripts/doctor/checks.ts';
import { stackOf } from '../../support/stacks/made-up-environment.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/doctor.ts', import.meta.url));

/** An AWS CLI that returns the caller's identity and denies everything else. */
const DENYING = `#!/bin/sh
case "$1 $2" in
  *--version*) echo aws-cli/1.0 ;;
  'sts get-caller-identity') echo '{"Account": "ACCOUNT", "Arn": "arn:aws:iam::ACCOUNT:user/ada"}' ;;
  *) echo "An error occurred (AccessDenied) when calling the X operation: not authorized to perform: $1:X on" >&2; exit 254 ;;
esac
`;

describe('npm run doctor', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
    const repositories = { aws_ecr_repository: { one: { name: 'image-service/worker' } } };
    const topic = { aws_sns_topic_subscription: { one: {} } };
    for (const [name, resource] of [
      ['bootstrap', repositories],
      ['platform-dev', topic],
      ['storage-dev', {}],
    ] as const) {
      await mkdir(join(folder.path, name));
      await writeFile(join(folder.path, name, 'cdk.tf.json'), JSON.stringify(stackOf(resource)));
    }
  });
  after(() => folder.remove());

  /** Runs the command with scripts in place of the installed programs. */
  async function examine(programs: Record<string, string>, ...args: string[]) {
    return examineIn({ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' }, programs, ...args);
  }

  async function examineIn(regions: NodeJS.ProcessEnv, programs: Record<string, string>, ...args: string[]) {
    const path = join(folder.path, 'bin');
    await mkdir(path, { recursive: true });
    for (const [name, text] of Object.entries(programs)) {
      await writeFile(join(path, name), text);
      await chmod(join(path, name), 0o755);
    }
    const env = { PATH: `${path}:/bin`, ...regions };
    return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [SCRIPT, 'dev', '--stacks', folder.path, ...args],
        { env },
        (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  }

  const terraform = '#!/bin/sh\necho \'{"terraform_version": "1.11.0"}\'\n';
  const aws = (account: string) => DENYING.replaceAll('ACCOUNT', account);

  it('exits with 3 and names the permissions where nothing is known to be missing but access is denied', async () => {
    const { code, stdout, stderr } = await examine({ aws: aws('210987654321'), terraform }, '--json');
    expect({ code, stderr }).to.deep.equal({ code: 3, stderr: '' });
    const { status, checks } = JSON.parse(stdout);
    expect(status).to.equal(3);
    expect(checks.map(({ check }: { check: string }) => check)).to.deep.equal(CHECKS.map(({ id }) => id));
    expect(checks.flatMap(({ findings }: { findings: object[] }) => findings)).to.deep.include({
      outcome: 'unseen',
      what: 'service-quotas:X is not allowed.',
      remedy: 'allow it: rights to read are enough',
    });
  });

  it('exits with 1 and asks AWS nothing more where the credentials are of another account', async () => {
    const { code, stdout } = await examine({ aws: aws('123456789012'), terraform });
    expect(code).to.equal(1);
    expect(stdout).to.match(/MISSING +These are credentials of account 123456789012, but dev is in 210987654321\.\n/);
    expect(stdout).to.match(/\nquotas\n +UNSEEN +AWS could not be asked\.\n/);
    expect(stdout).to.match(/\n1 missing, \d+ could not be checked\.\n$/);
  });

  it("reports that the guide's commands would run in another region", async () => {
    const programs = { aws: aws('210987654321'), terraform };
    const other = await examineIn({ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'eu-west-1' }, programs);
    expect(other.stdout).to.match(
      /MISSING +AWS_DEFAULT_REGION is eu-west-1: .*\n +-> export AWS_REGION=us-east-1; export/,
    );
    const none = await examineIn({}, programs);
    expect(none.stdout).to.match(/MISSING +The region of the profile is not set: /);
    expect([other.code, none.code]).to.deep.equal([1, 1]);
  });

  it('blames the endpoint, not the credentials, where nothing answers', async () => {
    const deaf = `#!/bin/sh\necho 'Could not connect to the endpoint URL: "http://127.0.0.1:1/"' >&2; exit 255\n`;
    const { code, stdout } = await examine({ aws: deaf, terraform });
    expect(code).to.equal(1);
    expect(stdout).to.match(/MISSING +.*Could not connect to the endpoint.*\n +-> check AWS_ENDPOINT_URL: /);
  });

  it('reports a Terraform that is too old', async () => {
    const { code, stdout } = await examine({ aws: aws('210987654321'), terraform: terraform.replace('1.11', '1.9') });
    expect(code).to.equal(1);
    expect(stdout).to.match(/MISSING +Terraform is 1\.9\.0, but must be 1\.10\.0 or newer\.\n/);
  });

  it('asks for npm run synth where the stacks are not synthesised', async () => {
    const { code, stderr } = await examine({}, '--stacks', join(folder.path, 'nothing'));
    expect(code).to.equal(1);
    expect(stderr).to.match(/nothing has no platform-dev and storage-dev\. .*npm run synth/);
  });
});
