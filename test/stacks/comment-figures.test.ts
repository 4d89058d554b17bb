import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parseSync } from 'oxc-parser';
import { COMMENT_FIGURES } from '../support/stacks/comment-figures.ts';

const FOLDER = fileURLToPath(new URL('../../stacks/environments/', import.meta.url));

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

const numberOf = (figure: string): number => Number(figure.replaceAll(/[$,]/g, ''));

/** Where a figure stands in each place that has the text. */
function placesOf(text: string, comments: string): number[] {
  const within = text.search(FIGURE);
  return comments
    .split(text)
    .slice(0, -1)
    .map((_, index, before) => before.slice(0, index + 1).join(text).length + within);
}

describe('figures in the comments of settings', () => {
  for (const [file, rows] of Object.entries(COMMENT_FIGURES)) {
    it(`are all worked out by the price book: ${file}`, () => {
      const comments = commentsOf(file);
      const known = rows.flatMap(([text]) => placesOf(text, comments));
      const unknown = [...comments.matchAll(FIGURE)].filter(({ index }) => !known.includes(index));
      expect(unknown.map(({ index }) => comments.slice(Math.max(0, index - 40), index + 40))).to.deep.equal([]);
    });

    it(`are what the price book makes of them: ${file}`, () => {
      const comments = commentsOf(file);
      const wrong = rows.flatMap(([text, figure]) => {
        const figures = text.match(FIGURE) ?? [];
        if (figures.length !== 1) return [`${text}: name one figure`];
        if (!comments.includes(text)) return [`${text}: no comment says so any more`];
        return Math.abs(numberOf(figures[0] ?? '') - figure) <= TOLERATED * figure ? [] : [`${text}: it is ${figure}`];
      });
      expect(wrong).to.deep.equal([]);
    });
  }

  it('are looked for in every file of settings that has one', () => {
    const files = readdirSync(FOLDER).filter((file) => commentsOf(file).search(FIGURE) >= 0);
    expect(files.sort()).to.deep.equal(Object.keys(COMMENT_FIGURES).sort());
  });
});
