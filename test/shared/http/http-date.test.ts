import { expect } from 'chai';
import { parseHttpDate } from '../../../shared/http/http-date.ts';

const NOW = Date.UTC(2026, 0, 1);
const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

const DATES: Record<string, number> = {
  'Sun, 06 Nov 1994 08:49:37 GMT': EXAMPLE,
  'Sunday, 06-Nov-94 08:49:37 GMT': EXAMPLE,
  'Sun Nov  6 08:49:37 1994': EXAMPLE,
  'Sun Nov 06 08:49:37 1994': EXAMPLE,
  'Mon, 06 Nov 1994 08:49:37 GMT': EXAMPLE,
  'Thu, 29 Feb 2024 00:00:00 GMT': Date.UTC(2024, 1, 29),
  'Friday, 01-Jan-76 00:00:00 GMT': Date.UTC(2076, 0, 1),
  'Friday, 01-Jan-77 00:00:00 GMT': Date.UTC(1977, 0, 1),
};

const NONE = [
  '',
  '0',
  '784111777',
  'yesterday',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'sun, 06 nov 1994 08:49:37 gmt',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49 GMT',
  'Thu, 31 Feb 2026 00:00:00 GMT',
  'Sun, 29 Feb 2026 00:00:00 GMT',
  'Sun, 06 Abc 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 25:00:00 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
];

describe('An HTTP date', () => {
  for (const [text, time] of Object.entries(DATES)) {
    it(`is ${text}`, () => expect(parseHttpDate(text, NOW)).to.equal(time));
  }
  for (const text of NONE) {
    it(`is not ${JSON.stringify(text)}`, () => expect(parseHttpDate(text, NOW)).to.equal(undefined));
  }
});
