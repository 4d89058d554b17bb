import { html } from '@remix-run/html-template';
import { formatUsd } from '../amounts.ts';
import type { CostReport } from '../cost-report.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

/** The changes that save most. */
export const leverSection = ({ levers }: CostReport): Section => ({
  ...{ id: 'levers', title: 'What would save most, each by itself' },
  body:
    levers.length === 0
      ? [html`<p>No change of a setting saves anything.</p>`]
      : [
          html`<p>Each row is the whole calculation again with that one change. Savings of several changes do not simply add up.</p>`,
          table({
            caption: 'Changes and what they save, in US dollars a month',
            columns: ['Change', { number: 'Saves' }, 'What it risks'],
            rows: levers.map(({ change, saves, risk }) => [change, formatUsd(saves), risk]),
          }),
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
