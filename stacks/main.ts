import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AnnotationMetadataEntryType, App } from 'cdktf';
import { addStacks } from './all-stacks.ts';

// The program that cdktf runs, as cdktf.json says.
const app = new App();
// Without this, cdktf would stop at the first stack with a mistake and print a stack trace.
process.env.CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS = '1';

/** The mistakes that checks have found, by stack. */
function mistakesIn({ node }: App): Map<string, Set<string>> {
  const mistakes = new Map<string, Set<string>>();
  for (const { node: own } of node.findAll()) {
    const [stack = ''] = own.path.split('/');
    for (const { type, data } of own.metadata) {
      if (type !== AnnotationMetadataEntryType.ERROR) continue;
      const where = own.path === stack ? '' : `${own.path.slice(stack.length + 1)}: `;
      mistakes.set(stack, (mistakes.get(stack) ?? new Set()).add(`${where}${data}`));
    }
  }
  return mistakes;
}

try {
  addStacks(app);
  app.synth();
  const mistakes = mistakesIn(app);
  for (const [stack, found] of mistakes) {
    // Nobody should be able to apply a stack with mistakes.
    rmSync(join(app.outdir, 'stacks', stack, 'cdk.tf.json'), { force: true });
    process.stderr.write(`${[`${stack}:`, ...found].join('\n  ')}\n`);
  }
  if (mistakes.size > 0) process.exitCode = 1;
} catch (error) {
  // Unusable settings are thrown as a plain Error with a sentence; any other error is a bug of the stacks.
  if ((error as Error).constructor !== Error) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
