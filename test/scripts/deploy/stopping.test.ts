import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('deploying.ts', import.meta.url));

/**
 * A program called terraform that writes down what it is asked to do, and each interrupt. It lingers in one command until a test lets it go, and ends
 * well however often it is interrupted: only then one sees that what comes next is not begun.
 */
const TERRAFORM = `#!/bin/sh
trap 'echo interrupted >> "$LOG"' INT
trap 'echo killed >> "$LOG"; exit 1' TERM HUP
echo "$*" >> "$LOG"
case "$*" in
  version*) echo '{"terraform_version": "1.99.0"}'; exit ;;
  *" show "*) echo '{"format_version": "1.2", "resource_changes": [{"address": "a.b", "mode": "managed", "type": "a", "change": {"actions": ["create"], "before": null, "after": {}}}]}' ;;
  *" plan "*) for last; do :; done; echo secret > "\${last#-out=}" ;;
esac
case "$*" in
  *" $LINGERS "* | *" $LINGERS") echo lingers >> "$LOG"; while [ ! -e "$GO" ] && [ -e "$LOG" ]; do sleep 0.1; done; echo done >> "$LOG" ;;
esac
`;

describe('a deployment that is stopped', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    await writeFile(file('terraform'), TERRAFORM, { mode: 0o755 });
    for (const name of ['temporary', 'storage-dev', 'platform-dev']) await mkdir(file(name));
    await writeFile(file('log'), '');
  });
  afterEach(() => folder.remove());
  const file = (name: string) => join(folder.path, name);
  const log = async () => (await readFile(file('log'), 'utf8')).split('\n').filter((line) => line !== '');
  const count = async (line: string) => (await log()).filter((each) => each === line).length;

  interface Ended {
    code: number | null;
    stderr: string;
  }

  /** Deploys, lingering in a command for as long as `meanwhile` takes. */
  async function deploy(
    lingers: string,
    meanwhile: (kill: (signal: NodeJS.Signals) => void) => unknown,
    { timeout = 5 } = {},
  ): Promise<Ended> {
    const env = { PATH: `${folder.path}:${process.env.PATH}`, TMPDIR: file('temporary'), LOG: file('log') };
    const child = spawn(process.execPath, [PROGRAM, folder.path, String(timeout)], {
      env: { ...env, LINGERS: lingers, GO: file('go') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [ended, said] = [once(child, 'exit'), text(child.stderr)];
    await eventually(`terraform ${lingers}`, () => count('lingers'));
    await meanwhile((signal) => child.kill(signal));
    await writeFile(file('go'), '');
    const [code] = await ended;
    return { code, stderr: await said };
  }

  const interrupted = (times = 1) =>
    eventually(`${times} interrupts`, async () => (await count('interrupted')) === times);
  const left = () => readdir(file('temporary'));
  const commands = async () =>
    (await log()).flatMap((line) => /^-chdir=\S*\/(\w+)-dev (\w+)/.exec(line)?.slice(1).join(' ') ?? []);
  const ALL = ['storage init', 'storage plan', 'storage show', 'storage apply'];

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    for (const [at, command] of ['init', 'plan', 'show', 'apply'].entries())
      it(`by ${signal} in ${command} lets that end, begins nothing more and keeps no plan`, async () => {
        const { code, stderr } = await deploy(command, async (kill) => {
          kill(signal);
          // What reads a plan is not interrupted: nothing is written down by which one would see that the signal has come.
          await (command === 'show' ? sleep(500) : interrupted());
        });
        expect({ code, stderr }).to.deep.equal({ code: 1, stderr: `Stopped by ${signal}.\n` });
        expect(await commands()).to.deep.equal(ALL.slice(0, at + 1));
        expect(await count('done'), 'it was waited for').to.equal(1);
        expect(await count('interrupted')).to.equal(command === 'show' ? 0 : 1);
        expect(await count('killed')).to.equal(0);
        expect(await left()).to.deep.equal([]);
      });

  it('by the end of its time says so, after Terraform has been interrupted and has ended', async () => {
    const { code, stderr } = await deploy('apply', () => interrupted(), { timeout: 0.15 });
    expect(stderr).to.match(/^Stopped, because the 0\.15 minutes of --timeout are over\. .*run it again to go on\.\n$/);
    expect(code).to.equal(1);
    expect(await count('interrupted')).to.equal(1);
    expect(await count('done')).to.equal(1);
    expect(await left()).to.deep.equal([]);
  });

  it('takes signals that come together for one, as from a terminal and npm, or from a runner that loses patience', async () => {
    await deploy('apply', async (kill) => {
      kill('SIGINT');
      await sleep(100);
      kill('SIGINT');
      await sleep(1_500);
      kill('SIGTERM');
      await sleep(200);
    });
    expect(await count('interrupted')).to.equal(1);
    expect(await left()).to.deep.equal([]);
  });

  it('passes on a second Ctrl-C that somebody meant', async () => {
    const { code } = await deploy('apply', async (kill) => {
      kill('SIGINT');
      await interrupted();
      await sleep(1_500);
      kill('SIGINT');
      await interrupted(2);
    });
    expect(code).to.equal(1);
    expect(await count('interrupted')).to.equal(2);
    expect(await left()).to.deep.equal([]);
  });

  it('waits for locks that others hold, and does everything where nobody stops it', async () => {
    const { code, stderr } = await deploy('apply', () => undefined);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const locking = (await log()).filter((line) => line.includes(' -lock-timeout=10m '));
    expect(locking.map((line) => / (\w+) /.exec(line)?.[1])).to.deep.equal(['plan', 'apply', 'plan', 'apply']);
    expect(await left()).to.deep.equal([]);
  });
});
