import type { Github } from './api.ts';

/** Where a report appears: as a comment on a pull request, or as an issue with this title. */
export type Place = { pullRequest: number } | { issue: string };

export interface Report {
  place: Place;
  /** Identifies the report among those of the same author, so that it replaces the one before. */
  marker: string;
  /** Markdown. Empty where there is nothing to report: then the issue is closed. */
  text: string;
  isDryRun: boolean;
  /** Says what was done. */
  log(line: string): void;
}

/** A comment, an issue, or a pull request, which GitHub lists among the issues. */
interface Post {
  id: number;
  number: number;
  html_url: string;
  body: string | null;
  user: { login: string } | null;
  pull_request?: object;
}

/** What GitHub accepts as the body of a comment or an issue. */
export const MOST_CHARACTERS = 65_536;

const CUT = '\n\n**The rest does not fit here.** It is in the summary of the workflow run.\n';

/** The body of a post, with a marker that readers do not see. What is too long ends at a line, and outside a block of code. */
export function bodyOf(marker: string, text: string): string {
  const body = `${markerLine(marker)}\n${text}\n`;
  if (body.length <= MOST_CHARACTERS) return body;
  const fence = '\n```';
  const kept = body.slice(0, MOST_CHARACTERS - CUT.length - fence.length);
  const lines = kept.slice(0, kept.lastIndexOf('\n'));
  const isInFence = (lines.match(/^```/gm)?.length ?? 0) % 2 === 1;
  return `${lines}${isInFence ? fence : ''}${CUT}`;
}

const markerLine = (marker: string): string => `<!-- image-service: ${marker} -->`;

/** Publishes a report in place of the last one with its marker. */
export async function publish(github: Github, report: Report): Promise<void> {
  const body = bodyOf(report.marker, report.text);
  const { place } = report;
  if ('pullRequest' in place) await publishComment(github, { ...report, number: place.pullRequest, body });
  else await publishIssue(github, { ...report, title: place.issue, body });
}

type Prepared<T> = Report & { body: string } & T;

async function publishComment(github: Github, report: Prepared<{ number: number }>): Promise<void> {
  const { number, body, log, isDryRun } = report;
  const comments = `/issues/${number}/comments`;
  const own = await findOwn(github, { list: `${comments}?per_page=100`, marker: report.marker });
  if (isDryRun) return log(own ? `Would replace ${own.html_url}:\n${body}` : `Would comment on #${number}:\n${body}`);
  const { html_url } = own
    ? await github.call<Post>('PATCH', `/issues/comments/${own.id}`, { body })
    : await github.call<Post>('POST', comments, { body });
  log(`${own ? 'Replaced' : 'Added'} ${html_url}`);
}

async function publishIssue(github: Github, report: Prepared<{ title: string }>): Promise<void> {
  const { title, body, text, log, isDryRun } = report;
  const own = await findOwn(github, { list: '/issues?state=open&per_page=100', marker: report.marker });
  if (text === '') return closeIssue(github, own, report);
  if (isDryRun) return log(own ? `Would replace ${own.html_url}:\n${body}` : `Would open "${title}":\n${body}`);
  const { html_url } = own
    ? await github.call<Post>('PATCH', `/issues/${own.number}`, { title, body })
    : await github.call<Post>('POST', '/issues', { title, body });
  log(`${own ? 'Replaced' : 'Opened'} ${html_url}`);
}

async function closeIssue(github: Github, own: Post | undefined, { log, isDryRun }: Report): Promise<void> {
  if (!own) return log('There is nothing to report, and no open issue.');
  if (isDryRun) return log(`Would close ${own.html_url}, because there is nothing to report.`);
  await github.call('PATCH', `/issues/${own.number}`, { state: 'closed', state_reason: 'completed' });
  log(`Closed ${own.html_url}, because there is nothing to report.`);
}

/** The post with the marker that the token's owner has written. Anybody may write the same marker into a comment of theirs. */
async function findOwn(github: Github, { list, marker }: { list: string; marker: string }): Promise<Post | undefined> {
  const login = await github.login();
  return github.find<Post>(
    list,
    ({ body, user, pull_request }) =>
      !pull_request && user?.login === login && body?.split(/\r?\n/, 1)[0] === markerLine(marker),
  );
}
