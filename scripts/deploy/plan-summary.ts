import { printableLine } from '../terminal/printable.ts';
import { kindOf, type Plan } from './plan.ts';
import { type Line, type Section, sectionsOf } from './plan-sections.ts';

/** GitHub takes comments of 65,536 characters; the rest is for what their poster adds. */
const LONGEST = 64_000;

/** How one format writes the parts of a summary. */
interface Format {
  heading(text: string): string;
  title(text: string, isLoud: boolean): string;
  line(line: Line): string;
}

/**
 * A code span, in which Markdown and GitHub interpret nothing, neither tags nor mentions. Its marks are longer than any run of backticks in it, and
 * unprintable characters and ends of lines are escaped.
 */
function codeSpan(text: string): string {
  const plain = printableLine(text);
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length));
  const mark = '`'.repeat(longest + 1);
  const pad = /^`|`$/.test(plain) ? ' ' : '';
  return `${mark}${pad}${plain || ' '}${pad}${mark}`;
}

const indented = (line: Line): [indent: string, rest: Line] => {
  const [first = '', ...rest] = line;
  return typeof first === 'string' && first.startsWith('  ') ? ['  ', [first.slice(2), ...rest]] : ['', line];
};

const FORMATS = {
  markdown: {
    heading: (text) => `### ${text}`,
    title: (text, isLoud) => (isLoud ? `\n> [!CAUTION]\n> **${text}**\n` : `\n**${text}**\n`),
    line: (line) => {
      const [indent, rest] = indented(line);
      return `${indent}- ${rest.map((part) => (typeof part === 'string' ? part : codeSpan(part.code))).join('')}`;
    },
  },
  text: {
    heading: (text) => `${text}\n${'='.repeat(text.length)}`,
    title: (text) => `\n${text}`,
    line: (line) => `  ${line.map((part) => (typeof part === 'string' ? part : printableLine(part.code))).join('')}`,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** As Terraform counts: a replacement is an addition and a destruction. */
function countsOf({ resource_changes = [] }: Plan): string {
  const kinds = resource_changes.map(kindOf);
  const count = (...wanted: (typeof kinds)[number][]) => kinds.filter((kind) => wanted.includes(kind)).length;
  const [add, change, destroy] = [count('added', 'replaced'), count('changed'), count('destroyed', 'replaced')];
  return add + change + destroy === 0 ? 'no changes' : `${add} to add, ${change} to change, ${destroy} to destroy`;
}

/** A written line with the rank of its section; headings and titles are never cut. */
interface Written {
  text: string;
  rank: number;
}

function written(plans: Record<string, Plan>, format: Format): Written[] {
  const keep = (text: string): Written => ({ text, rank: -1 });
  return Object.entries(plans).flatMap(([name, plan]) => [
    keep(format.heading(`${printableLine(name)}: ${countsOf(plan)}`)),
    ...sectionsOf(plan).flatMap(({ rank, title, lines }: Section) => [
      keep(format.title(rank === 0 ? `${title} (${lines.length})` : title, rank === 0)),
      ...lines.map((line) => ({ text: format.line(line), rank })),
    ]),
    keep(''),
  ]);
}

/** Cuts lines of the highest rank from their end, until the rest fits. */
function cut(lines: Written[], longest: number): Written[] {
  let left = lines.reduce((sum, { text }) => sum + text.length + 1, 0) - longest;
  if (left <= 0) return lines;
  const order = lines.map((_, at) => at).sort((a, b) => (lines[b]?.rank ?? 0) - (lines[a]?.rank ?? 0) || b - a);
  const gone = new Set<number>();
  for (const at of order) {
    if (left + 200 <= 0) break;
    gone.add(at);
    left -= (lines[at]?.text.length ?? 0) + 1;
  }
  const note = `… ${gone.size} more lines do not fit: the log of the job has the whole plan.`;
  return [...lines.filter((_, at) => !gone.has(at)), { text: note, rank: -1 }];
}

/** The summary of plans by the names of their stacks. */
export function summaryOf(plans: Record<string, Plan>, name: FormatName): string {
  const format = FORMATS[name];
  const lines = written(plans, format);
  const fitting = name === 'markdown' ? cut(lines, LONGEST) : lines;
  return `${fitting.map(({ text }) => text).join('\n')}\n`;
}
