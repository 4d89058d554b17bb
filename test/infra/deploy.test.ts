import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../scripts/local/emulators/emulators.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { aws } from './aws-cli.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));
const ACCOUNT = '210987654321';
const STATES = 'states-of-a-test';

/** Settings that only an emulator needs. */
const EMULATED = { skip_credentials_validation: true, skip_requesting_account_id: false };

/** A stack with a few resources, as small as a stack can be, with its state in the bucket. */
const stackOf = (name: string, resource: object, output?: object) => ({
  terraform: {
    required_providers: { aws: { source: 'aws', version: '5.100.0' } },
    backend: {
      s3: {
        bucket: STATES,
        key: `${name}.tfstate`,
        region: 'us-east-1',
        use_lockfile: true,
        use_path_style: true,
        ...EMULATED,
      },
    },
  },
  provider: { aws: [{ region: 'us-east-1', allowed_account_ids: [ACCOUNT], s3_use_path_style: true, ...EMULATED }] },
  resource,
  ...(output && { output }),
});

describe('npm run deploy', function () {
  this.timeout(300_000);
  let folder: TemporaryFolder;
  let emulated: EmulatedAws;
  before(async () => {
    folder = await createTemporaryFolder();
    emulated = await startEmulatedAws(ACCOUNT);
    await aws(emulated.endpoint, 's3api', 'create-bucket', '--bucket', STATES);
    await write('storage-dev', stackOf('storage-dev', repository('one')));
    const secret = { value: 'hidden-value', sensitive: true };
    const outputs = { 'api-url': { value: 'http://api.example' }, secret };
    await write('platform-dev', stackOf('platform-dev', { aws_sns_topic: { topic: { name: 'topic' } } }, outputs));
  });
  after(async () => {
    await emulated?.stop();
    await folder?.remove();
  });

  const repository = (name: string) => ({ aws_ecr_repository: { images: { name } } });
  const file = (name: string) => join(folder.path, name);

  async function write(stack: string, configuration: object): Promise<void> {
    await mkdir(file(stack), { recursive: true });
    await writeFile(join(file(stack), 'cdk.tf.json'), JSON.stringify(configuration));
  }

  const run = (script: string, ...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const { PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR } = process.env;
      const env = {
        ...{ PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR, ...LOCAL_CREDENTIALS },
        ...{ AWS_ENDPOINT_URL: emulated.endpoint, CHECKPOINT_DISABLE: '1' },
        TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: 'true',
      };
      const child = execFile(process.execPath, [join(SCRIPTS, script), ...args], { env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  const deploy = (...options: string[]) => run('deploy.ts', 'dev', '--stacks', folder.path, ...options);

  const repositories = async (): Promise<string[]> => {
    const found = await aws(emulated.endpoint, 'ecr', 'describe-repositories');
    return found.repositories.map(({ repositoryName }: { repositoryName: string }) => repositoryName);
  };

  it('says in a dry run what it would run, and runs nothing', async () => {
    const { code, stdout } = await deploy('--dry-run');
    expect(code).to.equal(0);
    expect(stdout).to.match(
      /^would run terraform -chdir=\S+storage-dev init, .*\nwould run terraform -chdir=\S+platform-dev init, /,
    );
  });

  it('plans without applying, and exits with 3 where no change is expected', async () => {
    const { code, stdout, stderr } = await deploy('--plan-only', '--expect-no-changes', '--no-lock');
    expect(code, stdout + stderr).to.equal(3);
    expect(await repositories()).to.deep.equal([]);
  });

  it('applies the storage, then the platform, and writes the summary and the outputs without secrets', async () => {
    const { code, stdout, stderr } = await deploy('--summary', file('plan.md'), '--outputs', file('outputs.json'));
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.match(
      /storage-dev: terraform init.*Apply complete!.*platform-dev: terraform init.*Apply complete!/s,
    );
    expect(await repositories()).to.deep.equal(['one']);
    expect(JSON.parse(await readFile(file('outputs.json'), 'utf8'))).to.deep.equal({ 'api-url': 'http://api.example' });
    const summary = await readFile(file('plan.md'), 'utf8');
    expect(summary).to.match(/### storage-dev: 1 to add, .*### platform-dev: 1 to add, /s);
    expect(summary + stdout).to.not.include('hidden-value');
    expect((await deploy('--plan-only', '--expect-no-changes', '--no-refresh')).code).to.equal(0);
  });

  it('applies nothing of a plan that replaces a repository, unless that is allowed', async () => {
    await write('storage-dev', stackOf('storage-dev', repository('two')));
    const { code, stderr } = await deploy('--stack', 'storage', '--summary', file('plan.md'));
    expect(stderr).to.include(
      'The plan of storage-dev is refused:\n  aws_ecr_repository.images would be replaced: with it goes images, also those that run\nIf that is meant, run it again with --allow-replacement.\n',
    );
    expect(code).to.equal(4);
    expect(await readFile(file('plan.md'), 'utf8')).to.match(
      /CAUTION.*REPLACED: `aws_ecr_repository\.images`.*forced by `name`: `one` → `two`/s,
    );
    expect(await repositories()).to.deep.equal(['one']);
    expect((await deploy('--stack', 'storage', '--plan-only')).code).to.equal(4);
    expect((await deploy('--stack', 'storage', '--allow-replacement')).code).to.equal(0);
    expect(await repositories()).to.deep.equal(['two']);
  });

  it('says who holds the lock, and how to remove one that was left behind', async () => {
    await write('platform-dev', stackOf('platform-dev', { aws_sns_topic: { topic: { name: 'other' } } }));
    const lock = {
      ID: '0a1b2c3d-0000-4000-8000-000000000000',
      Operation: 'OperationTypeApply',
      Who: 'ada@laptop',
      Version: '1.10.0',
      Created: '2026-11-30T08:00:00Z',
      Path: 'x',
      Info: '',
    };
    await writeFile(file('lock'), JSON.stringify(lock));
    const key = ['--bucket', STATES, '--key', 'platform-dev.tfstate.tflock'];
    await aws(emulated.endpoint, 's3api', 'put-object', ...key, '--body', file('lock'));
    const { code, stderr } = await deploy('--stack', 'platform', '--timeout', '0.4');
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /\nStopped, because the 0\.4 minutes of --timeout are over\..*\nSomebody else works on this stack: ada@laptop, since 2026-11-30 .*\. Wait until that is done\. If it was killed, remove its lock: terraform -chdir=\S+platform-dev force-unlock 0a1b2c3d-0000-4000-8000-000000000000\n$/,
    );
    await aws(emulated.endpoint, 's3api', 'delete-object', ...key);
  });

  it('refuses credentials of another account, other stacks, and options that need --plan-only', async () => {
    await write('platform-test', {
      ...stackOf('x', {}),
      provider: { aws: [{ region: 'us-east-1', allowed_account_ids: ['123456789012'] }] },
    });
    await write('storage-test', stackOf('x', {}));
    const other = await run('deploy.ts', 'test', '--stacks', folder.path);
    expect(other.stderr).to.equal(`These are credentials of account ${ACCOUNT}, but test is in 123456789012.\n`);
    expect((await deploy('--stack', 'network')).stderr).to.equal('--stack is storage or platform, not network.\n');
    expect((await deploy('--no-lock')).stderr).to.match(/^--no-lock needs --plan-only: /);
  });

  it('prints the address of an environment without asking AWS', async () => {
    const { code, stdout } = await run('deployment.ts', 'dev', '--stacks', folder.path);
    expect(code).to.equal(0);
    const role = `arn:aws:iam::${ACCOUNT}:role/image-service-github-`;
    expect(stdout).to.equal(
      `configured=true\naccount=${ACCOUNT}\nregion=us-east-1\ndeploy-role=${role}deploy-dev\napply-role=${role}apply-dev\nplan-role=${role}plan\npreview-role=${role}preview\n`,
    );
  });
});
