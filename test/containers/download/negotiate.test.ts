import { expect } from 'chai';
import { negotiateFormat } from '../../../containers/download/negotiate.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

const JPEG = { contentType: 'image/jpeg' };
const WEBP = { contentType: 'image/webp' };
const AVIF = { contentType: 'image/avif' };
const GIF = { contentType: 'image/gif', frames: 12 };

/** A row without `format` expects the worker's format. */
type Row = [what: string, accept: string | undefined, own: { contentType: string; frames?: number }, format?: string];

/** Accept headers of browsers for `<img>`; MDN keeps the list (https://developer.mozilla.org/docs/Web/HTTP/Guides/Content_negotiation/List_of_default_Accept_values). */
const CHROME = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';
const CHROME_64 = 'image/webp,image/apng,image/*,*/*;q=0.8';
const FIREFOX = 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5';
const FIREFOX_66 = 'image/webp,*/*';
const SAFARI =
  'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5';
const SAFARI_13 = 'image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5';
const PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8';

const ROWS: Row[] = [
  ['Chrome', CHROME, JPEG, 'avif'],
  ['Chrome where the worker chose WebP', CHROME, WEBP, 'avif'],
  ['Chrome where the worker chose AVIF', CHROME, AVIF],
  ['Chrome with an animation', CHROME, GIF, 'webp'],
  ['Chrome of 2018', CHROME_64, JPEG, 'webp'],
  ['Chrome of 2018 where the worker chose WebP', CHROME_64, WEBP],
  ['Chrome that opens it as a page', PAGE, JPEG, 'avif'],
  ['Firefox', FIREFOX, JPEG, 'avif'],
  ['Firefox of 2019', FIREFOX_66, JPEG, 'webp'],
  ['Safari', SAFARI, JPEG, 'avif'],
  ['Safari of 2019, which has no WebP', SAFARI_13, JPEG],
  ['curl', '*/*', JPEG],
  ['no header', undefined, JPEG],
  ['an empty header', '', JPEG],
  ['AVIF alone', 'image/avif', JPEG, 'avif'],
  ['AVIF alone with an animation', 'image/avif', GIF],
  ['WebP alone with an animation', 'image/webp', GIF, 'webp'],
  ['WebP alone', 'image/webp', JPEG, 'webp'],
  ['WebP alone where the worker chose AVIF', 'image/webp', AVIF, 'webp'],
  ['capitals', 'IMAGE/AVIF', JPEG, 'avif'],
  ['white space', ' image/png , image/webp ; q=0.9 ', JPEG, 'webp'],
  ['a tab', 'image/png,\timage/webp', JPEG, 'webp'],
  ['other parameters', 'image/avif;profile="x";q=0.5, image/webp;v=1;q=0.4', JPEG, 'avif'],
  ['equal weights in another order', 'image/webp, image/avif', JPEG, 'avif'],
  ['a higher weight of WebP', 'image/avif;q=0.8, image/webp;q=0.9', JPEG, 'webp'],
  ['a higher weight of the worker’s', 'image/avif;q=0.8, image/jpeg', JPEG],
  ['a higher weight of a wildcard that covers the worker’s', 'image/avif;q=0.3, image/*;q=0.4', JPEG],
  ['a higher weight of any type', 'image/avif;q=0.3, */*', JPEG],
  ['a lower weight of the worker’s than of its wildcard', 'image/avif;q=0.5, image/jpeg;q=0.1, image/*', JPEG, 'avif'],
  ['the same weight for all', 'image/avif;q=0.5, */*;q=0.5', JPEG, 'avif'],
  ['a weight of nothing for AVIF', 'image/avif;q=0, image/webp, */*', JPEG, 'webp'],
  ['a weight of nothing with decimals', 'image/avif;q=0.000, */*;q=0.1', JPEG],
  ['weights of nothing for everything', 'image/avif;q=0, image/webp;q=0, */*;q=0', JPEG],
  ['the least weight there is', 'image/avif;q=0.001', JPEG, 'avif'],
  ['a capital Q', 'image/avif;Q=0.1, image/webp;Q=0.2', JPEG, 'webp'],
  ['wildcards, which say nothing of what can be drawn', 'image/*', JPEG],
  ['types that are not images', 'text/html, application/json', JPEG],
  ['a weight above one', 'image/webp;q=7, image/avif', JPEG, 'avif'],
  ['a weight below nothing', 'image/avif;q=-1, image/webp', JPEG, 'webp'],
  ['a weight that is no number', 'image/avif;q=best, image/webp;q=0.1', JPEG, 'webp'],
  ['a weight without one', 'image/avif;q=, image/webp;q=0.1', JPEG, 'webp'],
  ['separators alone', ',;,;;q=,,', JPEG],
  ['words', 'give me the best', JPEG],
  ['a name that begins as another', 'image/avif-sequence, image/webpx', JPEG],
  ['a format behind empty ones', ',, ,image/avif', JPEG, 'avif'],
  ['garbage before a format', '"; q="a,b",\u0000,image/webp', JPEG, 'webp'],
];

describe('The format chosen by Accept', () => {
  for (const [what, accept, own, format] of ROWS) {
    it(`is ${format ?? 'the worker’s'} for ${what}`, () => {
      expect(negotiateFormat(accept, own)).to.equal(format);
    });
  }

  it('is found quickly in the longest header', () => {
    const long = 'image/png;q=0.1,'.repeat(1_000_000);
    const took = cpuTimeOf(() => {
      expect(negotiateFormat(`image/webp,${long}`, JPEG)).to.equal('webp');
      expect(negotiateFormat(`${long}image/webp`, JPEG)).to.equal(undefined);
      expect(negotiateFormat(`image/avif${';'.repeat(1_000_000)}q=0.5`, JPEG)).to.equal('avif');
    });
    // This took a second when it was written. A parser of quadratic time would take days for 16 million characters.
    expect(took).to.be.below(30_000);
  });
});
