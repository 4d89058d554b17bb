import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { descendants } from '../../scripts/local/descendant-processes.ts';
import { ACCOUNT_ID } from '../../stacks/environments/account.ts';
import { EMULATE, type Emulation, inShell, startEmulation } from './rehearsal.ts';

const start = (...args: string[]) => spawn(process.execPath, [EMULATE, ...args]);

describe('npm run emulate', function () {
  this.timeout(180_000);
  let emulation: Emulation;
  before(async () => {
    emulation = await startEmulation();
  });
  after(() => emulation?.process.kill('SIGKILL'));

  it('prints variables that connect the AWS CLI with an empty account, the one in the settings', async () => {
    const command = 'aws sts get-caller-identity --query Account --output text; aws s3api list-buckets --query Buckets';
    const printed = await inShell('.', emulation.variables, command);
    expect(printed.trim().split('\n')).to.deep.equal([ACCOUNT_ID, '[]']);
  });

  it('names a mirror of providers to a Terraform that has no configuration, as long as it runs', async () => {
    const { PATH } = process.env;
    const { process: mirrored, variables } = await startEmulation({
      PATH,
      HOME: '/nowhere',
      TERRAFORM_MIRROR: '/mirror',
    });
    const path = /^export TF_CLI_CONFIG_FILE=(\S+) CHECKPOINT_DISABLE=1$/m.exec(variables)?.[1] ?? '';
    expect(await readFile(path, 'utf8')).to.include('path    = "/mirror"');
    mirrored.kill('SIGINT');
    expect(await once(mirrored, 'exit')).to.deep.equal([0, null]);
    expect(existsSync(path)).to.equal(false);
  });

  it('reports a port that is in use', async () => {
    const second = start('--port', emulation.variables.match(/127\.0\.0\.1:(\d+)/)?.[1] ?? '');
    const [said, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    expect(code).to.equal(1);
    expect(said).to.match(/^Port \d+ is taken\. Give another --port, or none\.\n$/);
  });

  it('reports a missing moto_server', async () => {
    const without = spawn(process.execPath, [EMULATE], { env: { PATH: '' } });
    const [said, [code]] = await Promise.all([text(without.stderr), once(without, 'exit')]);
    expect(said).to.match(/^moto_server is not installed\. Install it: pip install 'moto\[server\]==[\d.]+'\n$/);
    expect(code).to.equal(1);
  });

  it('ends at Ctrl-C with all its processes', async () => {
    const started = descendants(emulation.process.pid ?? 0);
    expect(started).to.not.be.empty;
    emulation.process.kill('SIGINT');
    expect(await once(emulation.process, 'exit')).to.deep.equal([0, null]);
    for (const pid of started) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });
});
