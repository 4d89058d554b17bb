import { expect } from 'chai';
import { internet } from '../../../scripts/cost/workloads/internet.ts';
import { peakImagesPerSecond } from '../../../scripts/cost/workloads/workload.ts';
import { readSimulations, spotSections } from '../../../stacks/docs/spot-page.ts';

const [summary = '', simulations = ''] = [spotSections().summary, spotSections().simulations];
const rowsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('|'));

describe('the simulations of docs/spot.md', () => {
  const tables = readSimulations();
  const most = tables.at(-1);

  it('include 10,000 images a second with interruptions of 5 % an hour', () => {
    expect(peakImagesPerSecond(internet)).to.be.closeTo(10_000, 1e-6);
    expect(most?.workload).to.equal('internet');
    // One message for each upload, and others for renditions that are made later or again.
    expect(most?.messagesPerSecond).to.be.greaterThan(10_000);
    expect(most?.rows.map(({ scenario }) => scenario)).to.include('interruptions of 5 % an hour');
  });

  it('show a scaling rule that is wrong', () => {
    const p99 = (title: string) => most?.rules.find(({ variant }) => variant.includes(title))?.result.waits.p99 ?? 0;
    expect(p99('ten times as high')).to.be.greaterThan(3 * p99('as it is'));
    expect(p99('ten instances at most')).to.be.greaterThan(2 * p99('as it is'));
  });

  it('have a row for each workload in one table, and a table for each with a cell for every column', () => {
    expect(rowsOf(summary)).to.have.length(2 + tables.length);
    for (const text of [summary, simulations]) {
      expect(text).to.not.match(/NaN|undefined|Infinity/);
      const [header = '', ...rows] = rowsOf(text);
      for (const row of rows) expect(row.split('|')).to.have.length(header.split('|').length);
    }
    const dollars = most?.rows.find(({ variant }) => variant === '50 %')?.result.usd ?? 0;
    expect(rowsOf(summary).at(-1)).to.include(`$${dollars.toLocaleString('en-US', { maximumFractionDigits: 2 })}`);
  });
});
