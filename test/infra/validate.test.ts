import { expect } from 'chai';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { prepareAccount } from './prerequisites.ts';
import { accountOf, type Stack, type Synthesis, synthesise } from './stacks.ts';
import { openWorkspace, type Workspace } from './terraform.ts';

/** All expected stacks. */
const STACKS = [
  ...Object.keys(ACCOUNTS),
  ...ENVIRONMENTS.flatMap(({ name }) => [`storage-${name}`, `platform-${name}`]),
];

describe('every stack of every environment', function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  let synthesis: Synthesis;
  let aws: EmulatedAws;
  before(async () => {
    folder = await createTemporaryFolder();
    synthesis = await synthesise(folder.path);
    aws = await startEmulatedAws(accountOf(synthesis.stacks[0] as Stack));
  });
  after(async () => {
    await aws?.stop();
    await folder?.remove();
  });

  it('is synthesised quickly and without output', () => {
    expect(synthesis.stacks.map(({ id }) => id)).to.have.members(STACKS);
    expect(synthesis.output).to.equal('');
    // Synthesis takes 15 s on an idle machine, but this one may be busy with other tests.
    expect(synthesis.seconds).to.be.below(60);
  });

  for (const id of STACKS) {
    describe(id, () => {
      let workspace: Workspace;
      before(async () => {
        const stack = synthesis.stacks.find((each) => each.id === id) as Stack;
        workspace = await openWorkspace(await prepareAccount(aws.endpoint, stack), aws.endpoint, stack.folder);
      });
      after(() => workspace?.remove());

      it('is valid, without a warning', async () => {
        const { valid, diagnostics } = JSON.parse(await workspace.run('validate', '-json'));
        expect({ valid, diagnostics }).to.deep.equal({ valid: true, diagnostics: [] });
      });
    });
  }
});
