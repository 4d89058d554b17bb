import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checksPage } from './docs/checks-page.ts';
import { fill, sectionsOf } from './docs/infrastructure-page.ts';
import { synthesise } from './docs/synthesis.ts';

const HELP = `npm run docs:infra [-- --check]
Writes what docs/infrastructure.md says by itself: pictures, settings, costs, parameters, outputs and suppressions, from the stacks as they
are synthesised, and docs/infrastructure-checks.md from the checks. What stands between the marked sections stays as it is.

  --check  writes nothing, and tells which page is not what would be written
  --help   this text

Exit status 1 if the check finds something.
`;

const PAGE = 'docs/infrastructure.md';
const CHECKS_PAGE = 'docs/infrastructure-checks.md';

const pathOf = (page: string): string => fileURLToPath(new URL(`../${page}`, import.meta.url));

/** What a page is; nothing if it is not there. */
function read(page: string): string {
  try {
    return readFileSync(pathOf(page), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

const options = { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
const { values } = parseArgs({ options });
if (values.help) {
  process.stdout.write(HELP);
} else {
  const pages = { [PAGE]: fill(read(PAGE), sectionsOf(synthesise())), [CHECKS_PAGE]: checksPage() };
  for (const [page, text] of Object.entries(pages)) {
    if (read(page) === text) continue;
    if (!values.check) writeFileSync(pathOf(page), text);
    else {
      process.stderr.write(`${page} is not what would be written: npm run docs:infra\n`);
      process.exitCode = 1;
    }
  }
}
