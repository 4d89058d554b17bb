import { html } from '@remix-run/html-template';
import { comparisonSection } from './html/comparison-section.ts';
import { documentOf } from './html/document.ts';
import { renderSection } from './html/section.ts';
import type { Compared } from './stack-differences.ts';

/** Renders what differs between two reports as one HTML page, which needs no network and no script. */
export async function htmlComparison(compared: Compared): Promise<string> {
  const title = 'Two costs compared';
  const section = await comparisonSection(compared);
  return documentOf(title, html`<h1>${title}</h1>${renderSection(section)}`);
}
