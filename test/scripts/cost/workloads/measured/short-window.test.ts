import { expect } from 'chai';
import { shortWindow, shortWindowWarnings } from '../../../../../scripts/cost/workloads/measured/short-window.ts';

const HOUR_MS = 60 * 60 * 1000;

describe('a short window of metrics', () => {
  it('is told in minutes or hours', () => {
    expect([HOUR_MS / 6, 1.4 * HOUR_MS, 1.5 * HOUR_MS, 7.25 * HOUR_MS].map(shortWindow)).to.deep.equal([
      '10 minutes',
      '84 minutes',
      '1.5 hours',
      '7.25 hours',
    ]);
  });

  it('is a warning of the report, and a day is none', () => {
    expect(shortWindowWarnings(2 * HOUR_MS)).to.have.length(1);
    expect(shortWindowWarnings(24 * HOUR_MS)).to.deep.equal([]);
    expect(shortWindow(24 * HOUR_MS)).to.equal(undefined);
  });
});
