import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { descendants } from '../../scripts/descendants.ts';
import { ACCOUNT_ID } from '../../stacks/environments/account.ts';
import { eventually } from '../support/eventually.ts';

const SCRIPT = fileURLToPath(new URL('../emulate.ts', import.meta.url));

const start = (...args: string[]): ChildProcess => spawn(process.execPath, [SCRIPT, ...args]);

/** What a shell answers in which the printed lines were pasted. */
const inShell = (printed: string, command: string): Promise<string> => {
  const { PATH, HOME } = process.env;
  const shell = spawn('bash', ['-c', `${printed}\n${command}`], { env: { PATH, HOME, AWS_PROFILE: 'nobody' } });
  return text(shell.stdout);
};

describe('npm run emulate', function () {
  this.timeout(120_000);
  let emulate: ChildProcess;
  let printed = '';
  before(async () => {
    emulate = start();
    emulate.stdout?.on('data', (chunk) => {
      printed += chunk;
    });
    await eventually('the variables', () => printed.includes('AWS_EC2_METADATA_DISABLED'), 60_000);
  });
  after(() => emulate?.kill('SIGKILL'));

  it('prints variables that bring the AWS CLI to an empty account, which is that of the settings', async () => {
    const command = 'aws sts get-caller-identity --query Account --output text; aws s3api list-buckets --query Buckets';
    expect((await inShell(printed, command)).trim().split('\n')).to.deep.equal([ACCOUNT_ID, '[]']);
  });

  it('says that a port is taken', async () => {
    const second = start('--port', printed.match(/127\.0\.0\.1:(\d+)/)?.[1] ?? '');
    const [said, [code]] = await Promise.all([text(second.stderr as NodeJS.ReadableStream), once(second, 'exit')]);
    expect({ said, code }).to.deep.include({ code: 1 });
    expect(said).to.match(/^Port \d+ is taken\. Give another --port, or none\.\n$/);
  });

  it('says what is missing where there is no moto_server', async () => {
    const without = spawn(process.execPath, [SCRIPT], { env: { PATH: '' } });
    const [said, [code]] = await Promise.all([text(without.stderr), once(without, 'exit')]);
    expect(said).to.match(/^moto_server is not installed\. Install it: pip install 'moto\[server\]==[\d.]+'\n$/);
    expect(code).to.equal(1);
  });

  it('ends by Ctrl-C with all that it has started', async () => {
    const started = descendants(emulate.pid ?? 0);
    expect(started).to.not.be.empty;
    emulate.kill('SIGINT');
    expect(await once(emulate, 'exit')).to.deep.equal([0, null]);
    for (const pid of started) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });
});
