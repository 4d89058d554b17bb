import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/teardown.ts', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Tests the part of teardown that needs no AWS. test/infra tears a platform down. */
describe('npm run teardown', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  const tearDown = (...args: string[]) =>
    new Promise<Ended>((resolve) => {
      const child = execFile(process.execPath, [SCRIPT, ...args], (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
      child.stdin?.end();
    });

  async function synthesised(environment: string, lb: object): Promise<string[]> {
    const stack = join(folder.path, `platform-${environment}`);
    await mkdir(stack);
    const provider = { aws: [{ region: 'eu-west-1', allowed_account_ids: ['111122223333'] }] };
    await writeFile(join(stack, 'cdk.tf.json'), JSON.stringify({ provider, resource: { aws_lb: { one: lb } } }));
    return [environment, '--stacks', folder.path];
  }

  it('prints its help', async () => {
    const { code, stdout } = await tearDown('--help');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^npm run teardown -- ENVIRONMENT/);
  });

  const wrong: Record<string, [args: string[], sentence: RegExp]> = {
    'no environment': [[], /^Name one environment: .*\n$/],
    'two environments': [['dev', 'prod'], /^Name one environment: .*\n$/],
    'prod without its two words': [['prod', '--yes'], /^--yes is not enough for prod: --confirm "destroy prod"\.\n$/],
    'one word for prod': [
      ['prod', '--confirm', 'prod'],
      /^Nothing was done: prod is confirmed by "destroy prod", not by "prod"/,
    ],
    'the name of another environment': [
      ['dev', '--confirm', 'staging'],
      /^Nothing was done: dev is confirmed by "dev"/,
    ],
    'prod as a folder, without its two words': [['prod/', '--yes'], /^An environment has a name of .*, not "prod\/"/],
    'prod by a way through another': [['dev/../platform-prod', '--yes'], /^An environment has a name of /],
    'prod by a name that some disks take for it': [['PROD', '--yes'], /^An environment has a name of /],
    'prod with an end of line': [['prod\n', '--yes'], /^An environment has a name of .*, not "prod\\n"/],
    'a hidden folder': [['./prod', '--confirm', './prod'], /^An environment has a name of /],
    'an unknown flag': [['dev', '--force'], /--force/],
    'a time that is not a number': [
      ['dev', '--wait', 'long'],
      /^--wait takes a whole number of seconds, not long\.\n$/,
    ],
  };
  for (const [name, [args, sentence]] of Object.entries(wrong)) {
    it(`says in one sentence what is wrong with ${name}`, async () => {
      const { code, stderr } = await tearDown(...args);
      expect(stderr).to.match(sentence);
      expect(code).to.equal(2);
    });
  }

  it('asks for npm run synth where the stack is not synthesised', async () => {
    const { code, stderr } = await tearDown('nowhere', '--stacks', folder.path, '--yes');
    expect(stderr).to.match(/^There is no \S+platform-nowhere\. .*npm run synth, and try again\.\n$/);
    expect(code).to.equal(1);
  });

  it('refuses to begin while the load balancer is protected from deletion', async () => {
    const { code, stderr } = await tearDown(
      ...(await synthesised('prod', { enable_deletion_protection: true })),
      '--confirm',
      'destroy prod',
    );
    expect(stderr).to.match(/^The load balancer of prod is protected\. Set loadBalancer\.deletionProtection to false/);
    expect(code).to.equal(1);
  });

  it('names environment, account and region, and does nothing unless the name is typed', async () => {
    const { code, stdout, stderr } = await tearDown(...(await synthesised('dev', {})));
    expect(stdout).to.include('ends the service of dev in account 111122223333, eu-west-1. Type dev to go on:');
    expect(stderr).to.equal('Nothing was done.\n');
    expect(code).to.equal(1);
  });
});
