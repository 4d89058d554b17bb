import { constants } from 'node:os';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { endDescendants } from './local/descendant-processes.ts';
import { installTools } from './test-clients/tools.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:clients [-- OPTIONS]
Runs the suites test/clients/**/*.clients.ts with real clients of a whole service on this machine. Clients that are generated from its
OpenAPI document must compile strictly, upload, read and delete. Linters check the document, and Schemathesis tries every operation with
input that the document allows and input that it does not.

  --grep PATTERN   only the tests whose names match
  --examples N     examples that Schemathesis makes for each operation  (10)
  --write          writes the results of each generated client into docs/clients.md, with which they are compared otherwise
  --help           this text

The tools are installed by npm, pip and Go into node_modules/.cache, the first time. Missing programs (npm, python3 with pip, Go, Maven,
Cargo) are reported, and the tests that need them are skipped. Exit status 1 if a test fails, 2 for wrong use.
`;

/** Milliseconds that services, browsers and tools have to end when this command is stopped early. */
const GRACE_MS = 10_000;

async function runMocha(env: NodeJS.ProcessEnv, grep: string | undefined): Promise<number> {
  const args = ['--timeout', '600000', ...(grep ? ['--grep', grep] : []), 'test/clients/**/*.clients.ts'];
  return statusOf(startMocha(args, { env }));
}

async function main(): Promise<number> {
  const { values } = readArguments(HELP, {
    options: {
      grep: { type: 'string' },
      write: { type: 'boolean', default: false },
      examples: { type: 'string', default: '10' },
    },
  });
  if (!/^[1-9]\d{0,4}$/.test(values.examples)) {
    throw new WrongUse(`--examples takes a number from 1 to 99999, not ${values.examples}.`);
  }
  const tools = await installTools((line) => process.stderr.write(`${line}\n`));
  const env = {
    ...process.env,
    ...tools,
    CLIENT_EXAMPLES: values.examples,
    ...(values.write && { CLIENT_DOCS: 'write' }),
  };
  return runMocha(env, values.grep);
}

let ending: Promise<never> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Ctrl-C arrives twice where npm passes it on.
  process.on(signal, () => {
    ending ??= endDescendants(GRACE_MS).then(() => process.exit(128 + constants.signals[signal]));
  });
}
await runCommand(async () => process.exit(await main().finally(() => ending)));
