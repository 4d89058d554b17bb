import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { BootstrapStack } from '../../../stacks/bootstrap-stack.ts';
import { addChecks } from '../../../stacks/checks/checks-aspect.ts';
import type { AccountSettings, EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { PlatformStack } from '../../../stacks/platform-stack.ts';
import { StorageStack } from '../../../stacks/storage-stack.ts';
import type { Configuration } from '../terraform.ts';

/** Stacks by their names, or the reason why synthesis refuses the settings. */
export interface Synthesised {
  stacks: Record<string, Configuration>;
  refusal?: string;
}

function addStacks(app: App, settings: EnvironmentSettings | AccountSettings): void {
  if ('githubEnvironments' in settings) addChecks(new BootstrapStack(app, 'bootstrap', settings));
  else {
    addChecks(new StorageStack(app, `storage-${settings.name}`, settings), settings);
    addChecks(new PlatformStack(app, `platform-${settings.name}`, settings), settings);
  }
}

/** The message of a check without the path of its construct, or the message about an invalid setting. */
const sentenceOf = (error: unknown): string => {
  const text = (error as Error).message;
  return /IMG-[A-Z]+-\d{3}: .*/.exec(text)?.[0] ?? text.split('\n')[0] ?? text;
};

/** Synthesises the stacks of an environment, storage first, or of an account, with checks. */
export function synthesise(settings: EnvironmentSettings | AccountSettings): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'image-service-walk-'));
  const { stackTraceLimit } = Error;
  // Turns off stack traces of constructs, which take CDKTF a third of the time and are not used here.
  Error.stackTraceLimit = 0;
  try {
    const app = new App({ outdir });
    addStacks(app, settings);
    app.synth();
    const folder = join(outdir, 'stacks');
    const read = (id: string) => JSON.parse(readFileSync(join(folder, id, 'cdk.tf.json'), 'utf8'));
    const ids = readdirSync(folder).toSorted().toReversed();
    return { stacks: Object.fromEntries(ids.map((id) => [id, read(id)])) };
  } catch (error) {
    return { stacks: {}, refusal: sentenceOf(error) };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    rmSync(outdir, { recursive: true });
  }
}
