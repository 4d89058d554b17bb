import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parseSync } from 'oxc-parser';
import { COMMENT_FIGURES, PAGE_FIGURES, type Row } from '../support/stacks/comment-figures.ts';
import { SOURCE_FIGURES } from '../support/stacks/source-figures.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}stacks/environments/`;

/** Dollars, and percentages by which something costs less or more. */
const FIGURE = /\$\d[\d,]*(?:\.\d+)?|\d+(?= % (?:less|more))/g;

/** By so much a figure may differ from what the price book makes of it: comments round. */
const TOLERATED = 0.03;

/** The comments of a file in one line. */
function commentsOf(file: string): string {
  const { comments, errors } = parseSync(file, readFileSync(FOLDER + file, 'utf8'));
  expect(errors).to.deep.equal([]);
  return comments
    .map(({ value }) => value.replace(/^\s*\*+ ?/gm, ''))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
}

/** A source file in one line: its comments, and its sentences for people in strings. */
const sourceOf = (file: string): string =>
  readFileSync(`${ROOT}stacks/${file}`, 'utf8')
    .replace(/^\s*(?:\*+|\/\/) ?/gm, '')
    .replaceAll(/\s+/g, ' ');

/** What is kept by hand of a page in one line: without what npm run docs and docs:infra write, and without commands. */
const handWritten = (page: string): string =>
  readFileSync(`${ROOT}docs/${page}`, 'utf8')
    .replaceAll(/<!-- (\S+): written by .*? -->.*?<!-- end of \1 -->/gs, '')
    .replaceAll(/^ *```.*?^ *```$/gms, '')
    .replaceAll(/\s+/g, ' ');

const DOLLARS = /\$\d[\d,]*(?:\.\d+)?/g;

const numberOf = (figure: string): number => Number(figure.replaceAll(/[$,]/g, ''));

/** Where a figure stands in each place that has the text. */
function placesOf(text: string, comments: string): number[] {
  const within = text.search(FIGURE);
  return comments
    .split(text)
    .slice(0, -1)
    .map((_, index, before) => before.slice(0, index + 1).join(text).length + within);
}

/** Figures of a text that no row tells, with what stands around them. */
function unknownIn(text: string, rows: readonly Row[], figure: RegExp): string[] {
  const known = rows.flatMap(([said]) => placesOf(said, text));
  return [...text.matchAll(figure)]
    .filter(({ index }) => !known.includes(index))
    .map(({ index }) => text.slice(Math.max(0, index - 40), index + 40));
}

/** Rows whose text is not said any more, or whose figure the price book does not make. */
const wrongIn = (text: string, rows: readonly Row[]): string[] =>
  rows.flatMap(([said, figure]) => {
    const figures = said.match(FIGURE) ?? [];
    if (figures.length !== 1) return [`${said}: name one figure`];
    if (!text.includes(said)) return [`${said}: nothing says so any more`];
    return Math.abs(numberOf(figures[0] ?? '') - figure) <= TOLERATED * figure ? [] : [`${said}: it is ${figure}`];
  });

describe('figures in the comments of settings', () => {
  for (const [file, rows] of Object.entries(COMMENT_FIGURES)) {
    it(`are all worked out by the price book: ${file}`, () => {
      expect(unknownIn(commentsOf(file), rows, FIGURE)).to.deep.equal([]);
    });

    it(`are what the price book makes of them: ${file}`, () => {
      expect(wrongIn(commentsOf(file), rows)).to.deep.equal([]);
    });
  }

  it('are looked for in every file of settings that has one', () => {
    const files = readdirSync(FOLDER).filter((file) => commentsOf(file).search(FIGURE) >= 0);
    expect(files.sort()).to.deep.equal(Object.keys(COMMENT_FIGURES).sort());
  });
});

/** Files of stacks whose figures are not those of environments: the settings have rows of their own, and the pages are checked as they are written. */
const sources = readdirSync(`${ROOT}stacks`, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('environments/') && !file.startsWith('docs/'),
);
const pages = readdirSync(`${ROOT}docs`).filter((page) => page.endsWith('.md'));

describe('sums in dollars elsewhere', () => {
  it('in stacks are all worked out by the price book', () => {
    for (const file of sources)
      expect(unknownIn(sourceOf(file), SOURCE_FIGURES[file] ?? [], DOLLARS), file).to.deep.equal([]);
  });

  it('in stacks are what the price book makes of them', () => {
    for (const [file, rows] of Object.entries(SOURCE_FIGURES))
      expect(wrongIn(sourceOf(file), rows), file).to.deep.equal([]);
  });

  it('in what is kept by hand of the pages are all worked out by the price book', () => {
    for (const page of pages)
      expect(unknownIn(handWritten(page), PAGE_FIGURES[page] ?? [], DOLLARS), page).to.deep.equal([]);
  });

  it('in what is kept by hand of the pages are what the price book makes of them', () => {
    for (const [page, rows] of Object.entries(PAGE_FIGURES))
      expect(wrongIn(handWritten(page), rows), page).to.deep.equal([]);
  });
});
