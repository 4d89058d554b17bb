import { expect } from 'chai';
import fc from 'fast-check';
import { formatDifference, formatNumber, formatShare, formatUsd } from '../../../../scripts/cost/report/amounts.ts';

const DOLLARS: [usd: number, text: string][] = [
  [0, '$0.00'],
  [1_234_567.89, '$1,234,568'],
  [1000, '$1,000'],
  [999.994, '$999.99'],
  [12.3, '$12.30'],
  [0.5, '$0.50'],
  [0.1234, '$0.123'],
  [0.00512, '$0.00512'],
  [0.0000234567, '$0.0000235'],
  [-204.6, '-$204.60'],
];

describe('amounts of a cost report', () => {
  for (const [usd, text] of DOLLARS) {
    it(`are written as ${text} for ${usd} dollars`, () => {
      expect(formatUsd(usd)).to.equal(text);
    });
  }

  it('differ by less than half a percent, or half a cent, from what is written', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (usd) => {
        const written = Number(formatUsd(usd).replaceAll(/[$,]/g, ''));
        expect(Math.abs(written - usd)).to.be.at.most(Math.max(0.005 * usd, usd < 1 ? 0 : 0.005) + Number.EPSILON);
      }),
    );
  });

  it('are refused if they are no number', () => {
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const format of [formatUsd, formatNumber, formatShare])
        expect(() => format(amount)).to.throw('An amount of the cost report is');
    }
  });

  it('have no sign if they are zero', () => {
    expect([formatUsd(-0), formatNumber(-0), formatShare(-0)]).to.deep.equal(['$0.00', '0', '0%']);
  });

  it('show the sign of a difference', () => {
    expect([12.345, -12.345, 0].map(formatDifference)).to.deep.equal(['+$12.35', '-$12.35', '$0.00']);
  });

  it('have three digits below a thousand if they are not dollars', () => {
    expect([3_041_666.67, 999.6, 12.345, 0.01234, 0].map(formatNumber)).to.deep.equal([
      '3,041,667',
      '1,000',
      '12.3',
      '0.0123',
      '0',
    ]);
  });

  it('have one digit below ten percent', () => {
    expect([0.4931, 0.0123, 0].map(formatShare)).to.deep.equal(['49%', '1.2%', '0%']);
  });
});
