import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import type { AppliedStacks } from '../applied/applied-stacks.ts';
import { aws } from '../aws-cli.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/teardown.ts', import.meta.url));

/** Tears down a platform in use, with an instance that ECS's draining hook would hold for an hour. */
export function teardownTests(applied: () => AppliedStacks, environment: string, cluster: string): void {
  const stack = `platform-${environment}`;

  describe('npm run teardown', () => {
    let stacks: TemporaryFolder;
    before(async () => {
      // The folder in which cdktf would have written the stack.
      stacks = await createTemporaryFolder();
      await symlink(applied().workspaces[stack]?.folder ?? '', join(stacks.path, stack));
    });
    after(() => stacks?.remove());

    const ask = (service: string, command: string, ...options: string[]) =>
      aws(applied().aws.endpoint, service, command, ...options);
    const group = `${cluster}-worker`;
    const named = ['--auto-scaling-group-name', group];
    const groups = async () =>
      (await ask('autoscaling', 'describe-auto-scaling-groups', '--auto-scaling-group-names', group)).AutoScalingGroups;

    const tearDown = (...options: string[]) =>
      new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
        const { PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR } = process.env;
        const env = {
          ...{ PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR, ...LOCAL_CREDENTIALS },
          AWS_ENDPOINT_URL: applied().aws.endpoint,
        };
        const args = [SCRIPT, environment, '--stacks', stacks.path, ...options];
        const child = execFile(process.execPath, args, { env, cwd: dirname(SCRIPT) }, (_error, stdout, stderr) =>
          resolve({ code: child.exitCode, stdout, stderr }),
        );
        child.stdin?.end();
      });

    it('does nothing without confirmation', async () => {
      const { code, stderr } = await tearDown();
      expect({ code, stderr }).to.deep.equal({ code: 1, stderr: 'Nothing was done.\n' });
      const { services } = await ask(
        'ecs',
        'describe-services',
        '--cluster',
        cluster,
        '--services',
        `${cluster}-download`,
      );
      expect(services[0].desiredCount).to.be.above(0);
    });

    it('ends tasks, then instances, and then destroys everything', async () => {
      const hook = ['--lifecycle-hook-name', 'ecs-managed-draining-termination-hook'];
      const transition = ['--lifecycle-transition', 'autoscaling:EC2_INSTANCE_TERMINATING'];
      await ask('autoscaling', 'put-lifecycle-hook', ...named, ...hook, ...transition);
      await ask('autoscaling', 'set-desired-capacity', ...named, '--desired-capacity', '1');
      const [{ Instances }] = await groups();
      const instances = ['--instance-ids', Instances[0].InstanceId];
      await ask('autoscaling', 'set-instance-protection', ...named, ...instances, '--protected-from-scale-in');

      const { code, stdout, stderr } = await tearDown('--yes');
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/no task runs.*no instance is left.*Destroy complete/s);
      expect(await groups()).to.deep.equal([]);
      expect(await applied().workspaces[stack]?.run('state', 'list')).to.equal('');
    });
  });
}
