import { expect } from 'chai';
import { priceOfStorage } from '../../../../scripts/cost/lifecycle/storage-price.ts';
import { contextOf } from '../../../../scripts/cost/model/cost-model.ts';
import { imageLifecycle } from '../../../../scripts/cost/model/image-lifecycle.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { synthesised } from '../../../support/cost/synthesised.ts';

describe('the comparison of lifecycle rules for a workload', () => {
  it('has for the rules of the stack what the cost report says in each month', () => {
    const input = { environment: synthesised('prod', {}), workload: PLAIN, book: fixedPrices(), month: 13 };
    const { prefixes } = imageLifecycle(input);
    const [originals, renditions] = prefixes;
    const asSet = originals?.candidates.find(({ name }) => name.startsWith('rule tier-originals'));
    for (const [index, month] of contextOf(input).storage.entries()) {
      const usd = (asSet?.months[index]?.usd ?? 0) + (renditions?.unmoved.months[index]?.usd ?? 0);
      expect(usd).to.be.closeTo(priceOfStorage(month, input.book).usd, 1e-6);
    }
  });
});
