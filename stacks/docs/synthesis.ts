import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { addStacks } from '../all-stacks.ts';

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has a shape of its own for every type of resource.
export type Values = Record<string, any>;

/** A stack as Terraform gets it. */
export interface Configuration {
  terraform?: Values;
  provider?: Values;
  resource?: Record<string, Record<string, Values>>;
  data?: Record<string, Record<string, Values>>;
  output?: Record<string, { value: unknown }>;
}

export interface Synthesis {
  app: App;
  /** By the stack's name. */
  stacks: Record<string, Configuration>;
}

/** Stacks, by default all, as `cdktf synth` writes them. */
export function synthesise(add: (app: App) => void = addStacks): Synthesis {
  const outdir = mkdtempSync(join(tmpdir(), 'infrastructure-'));
  try {
    const app = new App({ outdir });
    add(app);
    app.synth();
    const folder = join(outdir, 'stacks');
    const read = (stack: string) => JSON.parse(readFileSync(join(folder, stack, 'cdk.tf.json'), 'utf8'));
    const stacks = readdirSync(folder).map((stack) => [stack, read(stack)]);
    return { app, stacks: Object.fromEntries(stacks) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
