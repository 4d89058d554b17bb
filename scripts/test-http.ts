import { constants } from 'node:os';
import { readArguments, runCommand } from './command-line.ts';
import { installRedbot } from './test-http/redbot.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:http [-- OPTIONS]
Runs the tests in test/http: REDbot, a linter for HTTP, checks every kind of URL of a whole service on this machine.

  --grep PATTERN   only the tests whose names match
  --help           this text

REDbot is installed by pip into node_modules/.cache, the first time. Exit status 1 if a test fails or it cannot be installed, 2 for wrong use.
`;

const missing = (reason: string) => `
npm run test:http CANNOT RUN AND HAS TESTED NOTHING: REDbot cannot be installed (${reason}). It needs python3 with venv and
pip, and a package index.

`;

async function runMocha(python: string, grep: string | undefined): Promise<number> {
  const args = ['--timeout', '120000', ...(grep ? ['--grep', grep] : []), 'test/http/**/*.test.ts'];
  const child = startMocha(args, { env: { ...process.env, REDBOT_PYTHON: python } });
  // Ends the child where this process ends first, for instance by Ctrl-C.
  process.once('exit', () => child.kill());
  return statusOf(child);
}

async function main(): Promise<number> {
  const { values } = readArguments(HELP, { options: { grep: { type: 'string' } } });
  let python: string;
  try {
    python = await installRedbot();
  } catch (error) {
    process.stderr.write(missing((error as Error).message.trim()));
    return 1;
  }
  return runMocha(python, values.grep);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
await runCommand(async () => process.exit(await main()));
