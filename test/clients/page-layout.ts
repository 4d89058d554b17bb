import type { Page } from 'playwright-core';

// The types of this project are those of Node, so what runs in the page is text.

/** The width of all that is on a page, in pixels. It is that of the window, unless the page scrolls sideways. */
export const scrollWidth = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth');

/** Opens all that is folded. */
export const unfold = (page: Page): Promise<void> =>
  page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");

/** How many of the elements are not shown, such as what is folded. */
export const hiddenCount = (page: Page, selector: string): Promise<number> =>
  page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((each) => !each.checkVisibility()).length`,
  );

/** A property of an element's computed style. */
export const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)}))[${JSON.stringify(property)}]`);

interface Figure {
  /** How many of its drawings are shown. */
  drawings: number;
  /** Whether a text ends beyond the figure. */
  isCut: boolean;
  /** The height of its smallest text, in pixels. */
  smallest: number;
}

/** The figures of a page as they are shown. */
export const figuresOf = (page: Page): Promise<Figure[]> =>
  page.evaluate(`[...document.querySelectorAll('figure')].map((figure) => {
    const shown = [...figure.querySelectorAll('svg')].filter((svg) => svg.checkVisibility());
    const texts = shown.flatMap((svg) => [...svg.querySelectorAll('text')]).map((text) => text.getBoundingClientRect());
    const { left, right } = figure.getBoundingClientRect();
    return {
      drawings: shown.length,
      isCut: texts.some((text) => text.right > right + 1 || text.left < left - 1),
      smallest: Math.min(...texts.map(({ height }) => height)),
    };
  })`);

/** What stands between a heading and a figure, and may be on another sheet of paper than what follows it: nothing, if headings stay with figures. */
export const tornFromFigures = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('figure')].flatMap((figure) => {
    const torn = [];
    for (let each = figure.previousElementSibling; each; each = each.previousElementSibling) {
      if (getComputedStyle(each).breakAfter !== 'avoid') torn.push(each.outerHTML.slice(0, 80));
      if (/^H[2-6]$/.test(each.tagName)) break;
    }
    return torn;
  })`);
