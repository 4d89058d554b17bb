import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { rejectionOf } from '../../support/rejection.ts';
import type { AppliedStacks } from '../applied/applied-stacks.ts';
import type { Configuration, Workspace } from '../terraform.ts';

/** The attributes of `storage.disposable` and `loadBalancer.deletionProtection` in a synthesised stack. */
const UNPROTECTED: Record<string, object> = {
  aws_dynamodb_table: { deletion_protection_enabled: false },
  aws_s3_bucket: { force_destroy: true },
  aws_lb: { enable_deletion_protection: false },
};

/** Applies a stack without its protections, and otherwise unchanged. */
async function unprotect({ folder, apply }: Workspace): Promise<string> {
  const file = join(folder, 'cdk.tf.json');
  const { resource = {}, ...rest }: Configuration = JSON.parse(await readFile(file, 'utf8'));
  for (const [type, attributes] of Object.entries(UNPROTECTED))
    for (const protectedOne of Object.values(resource[type] ?? {})) Object.assign(protectedOne, attributes);
  await writeFile(file, JSON.stringify({ ...rest, resource }));
  return apply();
}

/** Tests the protections of the images from a mistaken destroy. */
export function protectionTests(applied: () => AppliedStacks, environment: string): void {
  describe('its protections', () => {
    it('keep a destroy from deleting the table', async () => {
      const storage = applied().workspaces[`storage-${environment}`] as Workspace;
      const destroying = storage.run('destroy', '-auto-approve', '-target=aws_dynamodb_table.image-table');
      expect(String(await rejectionOf(destroying))).to.match(/DeletionProtectionEnabled/);
    });

    it('are removed by settings, without other changes', async () => {
      const outputs = await Promise.all(Object.values(applied().workspaces).map(unprotect));
      for (const output of outputs)
        expect(output).to.match(/Apply complete! Resources: 0 added, [1-9] changed, 0 destroyed/);
    });
  });
}
