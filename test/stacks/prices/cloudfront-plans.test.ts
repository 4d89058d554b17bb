import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readCloudfrontPlans } from '../../../stacks/prices/cloudfront-plans.ts';

const ADDRESS = /^https:\/\/\S+$/;
const DATE = /^20\d\d-\d\d-\d\d$/;

describe('the flat-rate plans of CloudFront', () => {
  it('cost more the more they allow, and say where and when they were read', () => {
    const { plans, sources, date } = readCloudfrontPlans();
    for (const key of ['usd', 'requests', 'gb', 's3CreditGb'] as const) {
      const values = plans.map((plan) => plan[key]);
      expect(values, key).to.deep.equal(values.toSorted((a, b) => a - b));
    }
    expect(plans.find(({ name }) => name === 'Business')).to.include({ usd: 200, gb: 50 * 1024, requests: 125e6 });
    expect(date).to.match(DATE);
    for (const address of Object.values(sources)) expect(address).to.match(ADDRESS);
  });
});

describe('the prices of other services', () => {
  it('say where they were read, and when', () => {
    const { peers } = JSON.parse(
      readFileSync(new URL('../../../stacks/prices/peers.json', import.meta.url), 'utf8'),
    ) as {
      peers: Record<string, { source: string; date?: string; read?: string; prices: { usd: number; per: number }[] }>;
    };
    expect(Object.keys(peers).join()).to.match(/Cloudinary.*Cloudflare.*Vercel.*Bunny/);
    for (const [name, { source, date, read, prices }] of Object.entries(peers)) {
      expect(source, name).to.match(ADDRESS);
      expect(date ?? read, name).to.match(DATE);
      for (const { usd, per } of prices) expect(usd / per, name).to.be.above(0);
    }
  });
});
