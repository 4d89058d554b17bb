import { html, type SafeHtml } from '@remix-run/html-template';

/** A section of the page, which its list of contents names. */
export interface Section {
  id: string;
  title: string;
  body: readonly SafeHtml[];
}

/** What is shown when it is opened, and on paper. */
export const details = (summary: string, body: SafeHtml): SafeHtml =>
  html`<details><summary>${summary}</summary>${body}</details>`;

export const contents = (sections: readonly Section[]): SafeHtml =>
  html`<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>`;

export const renderSection = ({ id, title, body }: Section): SafeHtml =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${[...body]}</section>
`;
