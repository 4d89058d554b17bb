import { expect } from 'chai';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { type EmulatedAws, startEmulatedAws } from '../emulated-aws.ts';
import type { ApplyGuard } from '../iam/apply-guard.ts';
import { leaveOut } from '../left-out.ts';
import { prepareAccount } from '../prerequisites.ts';
import { accountOf, type Stack, synthesise } from '../stacks.ts';
import { applyGuardTests, guardStack } from '../suites/apply-guard-tests.ts';
import { openWorkspace, type Workspace } from '../terraform.ts';

/** The applied stacks and their AWS, for tests. */
export interface AppliedStacks {
  aws: EmulatedAws;
  /** The workspaces by stack name. */
  workspaces: Record<string, Workspace>;
}

/** Applies stacks to their own emulated AWS, runs the given tests, and destroys the stacks. */
export function describeApplied(title: string, ids: string[], tests: (applied: () => AppliedStacks) => void): void {
  describe(title, function () {
    this.timeout(500_000);
    let folder: TemporaryFolder;
    let aws: EmulatedAws;
    const workspaces: Record<string, Workspace> = {};
    const guards: Record<string, ApplyGuard> = {};
    const applied = () => ({ aws, workspaces });
    /** Stacks refer to each other by names only, so they need not wait for each other. */
    const each = async (act: (workspace: Workspace, id: string) => Promise<unknown>) => {
      const acts = Object.entries(workspaces).map(([id, workspace]) => act(workspace, id));
      // Waits for all, so that none goes on while its folder is removed.
      await Promise.allSettled(acts);
      await Promise.all(acts);
    };

    before(async () => {
      folder = await createTemporaryFolder();
      const { stacks } = await synthesise(folder.path);
      const own = ids.map((id) => stacks.find((stack) => stack.id === id) as Stack);
      aws = await startEmulatedAws(accountOf(own[0] as Stack));
      for (const stack of own) {
        const configuration = await prepareAccount(aws.endpoint, stack);
        const guard = await guardStack(aws.endpoint, stack, stacks);
        if (guard) guards[stack.id] = guard;
        const endpoint = guard?.url ?? aws.endpoint;
        workspaces[stack.id] = await openWorkspace(leaveOut(stack.id, configuration), endpoint, stack.folder);
      }
      // The apply is in `before`, because without it there is nothing to test.
      await each(async (workspace, id) => {
        const output = await workspace.apply();
        expect(output, id).to.match(/^Plan: [1-9]\d* to add, 0 to change, 0 to destroy\.$/m);
        expect(output, id).to.not.include('Warning:');
      });
    });
    after(async () => {
      await each((workspace) => workspace.remove());
      await Promise.all(Object.values(guards).map((guard) => guard.stop()));
      await aws?.stop();
      await folder?.remove();
    });

    it('is applied, and a second plan has no changes', async () => {
      await each(async (workspace, id) => expect(await workspace.changes(), id).to.deep.equal([]));
    });

    tests(applied);

    describe('destroy', () => {
      it('leaves nothing', async () => {
        await each(async (workspace) => {
          await workspace.destroy();
          expect(await workspace.run('state', 'list')).to.equal('');
        });
      });
    });

    applyGuardTests(() => guards);
  });
}
