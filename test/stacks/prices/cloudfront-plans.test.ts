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
