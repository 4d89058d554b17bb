import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Changes, type SETTINGS, synthesised } from './synthesised.ts';

/** Writes the stacks of an environment as npm run synth does, into a folder of their own. */
export function writeStacks(folder: string, name: keyof typeof SETTINGS, changes: Changes = {}): void {
  const { platform, storage, accountId, region } = synthesised(name, changes);
  for (const [stackName, stack] of Object.entries({ [`platform-${name}`]: platform, [`storage-${name}`]: storage })) {
    mkdirSync(join(folder, stackName), { recursive: true });
    // The tests' app leaves out what only Terraform needs.
    const provider = { aws: [{ region, allowed_account_ids: [accountId] }] };
    writeFileSync(join(folder, stackName, 'cdk.tf.json'), JSON.stringify({ ...stack, provider }));
  }
}
