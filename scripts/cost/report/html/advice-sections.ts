import { html } from '@remix-run/html-template';
import { formatUsd } from '../amounts.ts';
import type { CostReport } from '../cost-report.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

const savings = (caption: string, changes: CostReport['levers']) =>
  table({
    caption,
    columns: ['Change', { number: 'Saves' }, 'What it risks'],
    rows: changes.map(({ change, saves, risk }) => [change, formatUsd(saves), risk]),
  });

/** The changes of settings that save most. */
export const leverSection = ({ levers }: CostReport): Section => ({
  ...{ id: 'levers', title: 'What would save most, each by itself' },
  body:
    levers.length === 0
      ? [html`<p>No change of a setting saves anything.</p>`]
      : [
          html`<p>Each row is the whole calculation again with that one change. Savings of several changes do not simply add up.</p>`,
          savings('Changes and what they save, in US dollars a month', levers),
        ],
});

/** What no setting does today. */
export const productSection = ({ productChanges }: CostReport): Section => ({
  ...{ id: 'product-changes', title: 'Changes of the product that would lower it most' },
  body:
    productChanges.length === 0
      ? [html`<p>No change of the product that was tried saves anything.</p>`]
      : [
          html`<p>For these there is no setting: somebody has to change the program or the stacks. Savings do not simply add up here either.</p>`,
          savings('Changes of the product and what they save, in US dollars a month', productChanges),
        ],
});

/** Settings that cost more than they save. */
export const warningSection = ({ warnings }: CostReport): Section => ({
  ...{ id: 'warnings', title: 'Warnings' },
  body:
    warnings.length === 0
      ? [html`<p>No setting costs more than it saves.</p>`]
      : [
          table({
            caption:
              'Settings that cost more than they save, by US dollars a month, and limits that the workload meets',
            columns: ['Code', { number: 'USD' }, 'What is wrong'],
            rows: warnings.map(({ code, sentence, usd }) => [
              html`<span class="warning">${code}</span>`,
              usd === 0 ? '–' : formatUsd(usd),
              sentence,
            ]),
          }),
        ],
});
