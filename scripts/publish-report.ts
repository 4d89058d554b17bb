import { readFile } from 'node:fs/promises';
import { CommandError, readArguments, runCommand, WrongUse } from './command-line.ts';
import { githubOf } from './github/api.ts';
import { type Place, publish } from './github/report.ts';
import { printable } from './terminal/printable.ts';

const HELP = `npm run publish-report -- (--pull-request NUMBER | --issue TITLE) --marker NAME (FILE… | --close) [OPTIONS]
Publishes Markdown files, one after the other, as one comment on a pull request or as one issue. A later report with the same marker replaces
it, if the same user has written it.

  --pull-request NUMBER  comments on this pull request
  --issue TITLE          opens an issue with this title
  --marker NAME          what kind of report it is, in lower-case letters and hyphens
  --close                closes the issue, because there is nothing to report any more
  --dry-run              says what it would publish, and publishes nothing; it reads from GitHub, so it needs the same environment
  --help                 this text

Environment: GITHUB_REPOSITORY (OWNER/NAME), GITHUB_TOKEN, and GITHUB_API_URL and GITHUB_GRAPHQL_URL where they are not GitHub's own.
A report of more than 65,536 characters, which is what GitHub takes, is cut.
Exit status 1 if the report is not published, 2 for wrong use.
`;

const OPTIONS = {
  'pull-request': { type: 'string' },
  issue: { type: 'string' },
  marker: { type: 'string' },
  close: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

function placeOf({ 'pull-request': number, issue }: { 'pull-request'?: string; issue?: string }): Place {
  if ((number === undefined) === (issue === undefined))
    throw new WrongUse('Name one place: --pull-request NUMBER or --issue TITLE.');
  if (issue !== undefined) {
    if (issue.trim() === '') throw new WrongUse('--issue takes a title, which is not empty.');
    return { issue };
  }
  if (!/^[1-9]\d{0,9}$/.test(number ?? '')) throw new WrongUse(`--pull-request takes a number, not ${number}.`);
  return { pullRequest: Number(number) };
}

const read = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} cannot be read (${error.code}), so nothing is published.`);
  });

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, { allowPositionals: true, options: OPTIONS });
  const { marker = '', close, 'dry-run': isDryRun } = values;
  if (!/^[a-z][a-z-]*[a-z]$/.test(marker) || marker.includes('--'))
    throw new WrongUse(`--marker takes lower-case letters and hyphens, not ${marker || 'nothing'}.`);
  const place = placeOf(values);
  if (close && 'pullRequest' in place) throw new WrongUse('--close is for an issue.');
  if (close === positionals.length > 0) throw new WrongUse('Name the files with the report, or --close.');
  const texts = await Promise.all(positionals.map(read));
  const log = (line: string) => void process.stdout.write(`${printable(line)}\n`);
  const text = texts.join('\n').trim();
  if (!close && text === '') throw new CommandError('The report is empty, so nothing is published.');
  await publish(githubOf(process.env), { place, marker, text, isDryRun, log });
}

await runCommand(main);
