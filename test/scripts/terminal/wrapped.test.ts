import { expect } from 'chai';
import fc from 'fast-check';
import { textWidth, wrapped } from '../../../scripts/terminal/wrapped.ts';

describe('a wrapped text', () => {
  it('breaks between words, with all lines but the first indented', () => {
    expect(wrapped('$3,268  Pay for the CDN by a plan', { width: 20, indent: 8 })).to.equal(
      '$3,268  Pay for the\n        CDN by a\n        plan',
    );
  });

  it('keeps every word, and no line is longer than wanted but for a longer word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 80 }), (all, width) => {
        const lines = wrapped(all.join(' '), { width, indent: 2 }).split('\n');
        expect(lines.flatMap((line) => line.trim().split(' '))).to.deep.equal(all);
        for (const line of lines) expect(line.length <= width || !line.trim().includes(' ')).to.equal(true);
      }),
    );
  });

  it('is as wide as the terminal, but neither unreadably narrow nor wide', () => {
    expect([80, 10, 300, undefined, 0].map((columns) => textWidth(columns))).to.deep.equal([80, 40, 120, 120, 120]);
  });
});
