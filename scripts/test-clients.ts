import { constants } from 'node:os';
import { readArguments, runCommand, WrongUse } from './command-line.ts';
import { endDescendants } from './descendants.ts';
import { installTools } from './test-clients/tools.ts';
import { startMocha, statusOf } from './test-run/mocha.ts';

const HELP = `npm run test:clients [-- OPTIONS]
Runs the suites test/clients/**/*.clients.ts: what real clients do with a whole service on this machine, clients that are generated from
its OpenAPI document first of all, which must compile strictly, upload, read and delete. Linters look at the document, and Schemathesis
tries every operation with what the document allows and what it does not.

  --grep PATTERN   only the tests whose names match
  --examples N     that Schemathesis makes for each operation, 10 without it
  --write          writes what each generated client does into docs/clients.md, to which it is held otherwise
  --help           this text

The tools are installed by npm, pip and Go into node_modules/.cache, the first time. What is missing (npm, python3 with pip, Go, Maven,
Cargo) is said, and what needs it is skipped. Exit status 1 if a test fails, 2 for wrong use.
`;

/** Milliseconds that whole services, browsers and tools have to end when this is ended early. */
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
  // Ctrl-C comes twice where npm passes it on.
  process.on(signal, () => {
    ending ??= endDescendants(GRACE_MS).then(() => process.exit(128 + constants.signals[signal]));
  });
}
await runCommand(async () => process.exit(await main().finally(() => ending)));
