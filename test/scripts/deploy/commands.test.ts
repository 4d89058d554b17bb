import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { digest } from './scripted-site.ts';

const SCRIPTS = fileURLToPath(new URL('../../../scripts/', import.meta.url));

/** Tests what these commands say before they ask AWS. test/infra runs them on an emulated AWS. */
describe('the commands of a deployment', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
    const images = Object.fromEntries(SERVICE_NAMES.map((service) => [service, digest('1')]));
    await writeFile(join(folder.path, 'previous.json'), JSON.stringify({ images }));
    await writeFile(join(folder.path, 'first.json'), JSON.stringify({ images: { ...images, worker: null } }));
  });
  after(() => folder.remove());

  const run = (script: string, ...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [`${SCRIPTS}${script}.ts`, ...args],
        { cwd: folder.path },
        (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  for (const script of ['deployment', 'doctor', 'record-digests', 'deploy', 'wait-steady', 'rollback'])
    it(`have help, demand one environment, and say that its stacks are not synthesised: ${script}`, async () => {
      const help = await run(script, '--help');
      expect(help).to.include({ code: 0, stderr: '' });
      expect(help.stdout)
        .to.match(new RegExp(`^npm run (-s )?${script} -- ENVIRONMENT`))
        .and.match(/Exit status/);
      for (const args of [[], ['dev', 'prod']]) {
        const { code, stderr } = await run(script, ...args);
        expect(stderr).to.match(/^Name one environment: npm run .*\n$/);
        expect(code).to.equal(2);
      }
      for (const name of ['dev/', 'x/../dev', 'DEV', '../dev', 'dev\n'])
        expect(await run(script, name))
          .to.include({ code: 2 })
          .and.property('stderr')
          .match(/^An environment has a name/);
      const file = { 'record-digests': ['--from', 'previous.json'], rollback: ['--to', 'previous.json'] }[script] ?? [];
      const { code, stderr } = await run(script, 'dev', ...file);
      expect(stderr).to.match(/^\S+ has no platform-dev and storage-dev\. .*npm run synth.*\n$/);
      expect(code).to.equal(1);
    });

  it('demand the files with digests, and times above 0', async () => {
    const cases: [script: string, options: string[], sentence: RegExp][] = [
      ['record-digests', [], /^Name the file with the digests: --from digests\.json\.\n$/],
      ['rollback', [], /^Name the file with the digests of before: --to previous\.json\.\n$/],
      ['rollback', ['--to', 'previous.json', '--timeout', '0'], /^--timeout takes a number above 0, not 0\.\n$/],
      ['wait-steady', ['--interval', 'soon'], /^--interval takes a number above 0, not soon\.\n$/],
    ];
    for (const [script, options, sentence] of cases) {
      const { code, stderr } = await run(script, 'dev', ...options);
      expect(stderr).to.match(sentence);
      expect(code).to.equal(2);
    }
  });

  it('cannot go back to nothing, and say so with a status of its own', async () => {
    const { code, stdout } = await run('rollback', 'dev', '--to', 'first.json');
    expect(stdout).to.equal('Before this deployment, worker had no image: there is nothing to go back to.\n');
    expect(code).to.equal(3);
  });
});
