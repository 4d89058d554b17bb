import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BOOK_REGIONS, bookPath, readBookFile } from '../../../stacks/prices/book-file.ts';
import { bookText } from '../../../stacks/prices/book-text.ts';
import { changesBetween, readPriceFile, refreshed, regionsOf } from '../../../stacks/prices/refresh.ts';
import { faultsOf } from '../../../stacks/prices/schemas.ts';

const sample = (name: string) => readPriceFile(fileURLToPath(new URL(`samples/${name}.json`, import.meta.url)));
const TODAY = '2026-11-30';
const refreshedBy = (name: string, region: string) => {
  const before = readBookFile(region);
  const { file, notFound } = refreshed(before, sample(name), TODAY);
  return { before, after: file, notFound, changes: changesBetween(before, file) };
};

describe('a refresh of prices', () => {
  it('takes tiers, and prices by the thousand, from an offer file of the Price List', () => {
    const { after, changes } = refreshedBy('AmazonS3-us-east-1', 'us-east-1');
    expect(changes).to.deep.equal([
      's3.standard.storage: $0.023, $0.022 from 51200, $0.021 from 512000 per GB-month → $0.024, $0.022 from 51200, $0.021 from 512000 per GB-month',
      's3.glacier-ir.transition: $0.02 per 1000 × request → $0.025 per 1000 × request',
    ]);
    expect(after.prices['s3.standard.put']).to.deep.equal({
      usd: 0.005,
      per: 1000,
      unit: 'request',
      source: 'price list AmazonS3 20261101000000',
      date: '2026-11-01',
    });
    expect(after.sources['price list AmazonS3 20261101000000']).to.match(
      /AmazonS3\/20261101000000\/us-east-1\/index\.json$/,
    );
  });

  it('names what the offer file should have and has not', () => {
    const { after, before, notFound } = refreshedBy('AmazonS3-us-east-1', 'us-east-1');
    expect(notFound).to.include('s3.glacier-ir.storage').and.not.include('s3.standard.put');
    expect(after.prices['s3.glacier-ir.storage']).to.deep.equal(before.prices['s3.glacier-ir.storage']);
  });

  it('keeps what an account gets free, which the offer file does not know', () => {
    const { after } = refreshedBy('AWSQueueService-us-east-1', 'us-east-1');
    expect(after.prices['sqs.standard.request']).to.deep.include({
      tiers: [
        { from: 0, usd: 0, allowance: true },
        { from: 1_000_000, usd: 0.4 },
        { from: 100_000_000_000, usd: 0.3 },
        { from: 200_000_000_000, usd: 0.24 },
      ],
      per: 1_000_000,
    });
  });

  it('takes instances on demand for Linux on shared hardware, of known types alone, and NAT of one kind', () => {
    const { after, changes } = refreshedBy('AmazonEC2-eu-west-1', 'eu-west-1');
    expect(after.instances['c7g.large']?.onDemand).to.include({ usd: 0.0777, date: '2026-11-02' });
    expect(after.instances).to.not.have.property('x9.large');
    expect(after.prices['nat.hour']).to.include({ usd: 0.048, date: '2026-11-02' });
    expect(changes.join()).to.match(/^c7g\.large: .* → \$0\.0777 per hour$/);
  });

  it('takes savings and bands of spot from the spot advisor, for the regions that have a book', () => {
    expect(regionsOf(sample('spot-advisor-data'), BOOK_REGIONS)).to.deep.equal(['us-east-1']);
    const { after, changes, notFound } = refreshedBy('spot-advisor-data', 'us-east-1');
    expect(after.instances['c7g.large']?.spot).to.include({ saving: 0.55, interruptionBand: 2, date: TODAY });
    expect(changes).to.deep.equal(['c7g.large on spot: 49 % less, band 0 → 55 % less, band 2']);
    expect(notFound).to.include('c6g.large on spot');
  });

  it('leaves a book that its schema accepts', () => {
    for (const [name, region] of [
      ['AmazonS3-us-east-1', 'us-east-1'],
      ['AmazonEC2-eu-west-1', 'eu-west-1'],
    ] as const)
      expect(faultsOf('price-book', refreshedBy(name, region).after)).to.deep.equal([]);
  });

  it('writes books as the formatter leaves them, without sources that nothing has any more', () => {
    for (const region of BOOK_REGIONS)
      expect(bookText(readBookFile(region)), region).to.equal(
        readFileSync(new URL(`../../../${bookPath(region)}`, import.meta.url), 'utf8'),
      );
    const { after } = refreshedBy('AmazonEC2-eu-west-1', 'eu-west-1');
    const unused = { ...after, sources: { ...after.sources, old: 'https://example.com/' } };
    expect(bookText(unused)).to.equal(bookText(after));
    expect(JSON.parse(bookText(after))).to.deep.include({ prices: after.prices, instances: after.instances });
  });
});

describe('a file that is no list of prices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'price-lists-'));
  const path = join(folder, 'list.json');
  after(() => rmSync(folder, { recursive: true }));
  const reading = (text: string) => {
    writeFileSync(path, text);
    return () => readPriceFile(path);
  };

  it('is refused by name', () => {
    expect(reading('<html>')).to.throw(`${path} could not be read as JSON`);
    expect(reading('{ "formatVersion": "v2.0" }')).to.throw(`${path} is neither an offer file`);
  });

  it('is refused if it is of several regions or of none that is known', () => {
    const offer = (...regions: string[]) =>
      reading(
        JSON.stringify({
          formatVersion: 'v1.0',
          offerCode: 'AmazonS3',
          terms: {},
          products: Object.fromEntries(regions.map((regionCode) => [regionCode, { attributes: { regionCode } }])),
        }),
      )();
    expect(() => regionsOf(offer('us-east-1', 'eu-west-1'), BOOK_REGIONS)).to.throw('is for us-east-1, eu-west-1');
    expect(() => regionsOf(offer('ap-south-2'), BOOK_REGIONS)).to.throw(
      'is for ap-south-2. Take the file of one region',
    );
  });
});
