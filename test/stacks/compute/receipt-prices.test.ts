import { expect } from 'chai';
import { loadConfig } from '../../../shared/runtime/config.ts';
import { containerEnvironment } from '../../../stacks/compute/container-environment.ts';
import { receiptPrices } from '../../../stacks/compute/receipt-prices.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import { readPriceBook } from '../../../stacks/prices/price-book.ts';

const BOOK = readPriceBook('us-east-1');
const WORKERS = { instanceTypes: ['c5.large', 'c6i.xlarge', 'c7i.2xlarge'] };

describe('the prices of receipts', () => {
  it('are those of one request and unit in the price book, without what is free', () => {
    const prices = receiptPrices(WORKERS, 'us-east-1');
    expect(prices?.puts).to.equal((BOOK.row('s3.standard.put').tiers[0]?.usd ?? 0) / 1000);
    expect(prices?.writes).to.be.closeTo((BOOK.row('dynamodb.on-demand.write').tiers[0]?.usd ?? 0) / 1e6, 1e-12);
    expect(prices?.sqs).to.be.above(0);
    for (const row of ['s3.standard.get', 'sqs.standard.request'] as const)
      expect(String(prices?.date) <= BOOK.row(row).date).to.equal(true);
  });

  it('have a vCPU-second on spot, the median of the worker’s types', () => {
    const vCpus = [2, 4, 8];
    const each = WORKERS.instanceTypes.map((type, index) => BOOK.instance(type).spot / (vCpus[index] ?? 1) / 3600);
    expect(receiptPrices(WORKERS, 'us-east-1')?.cpuSecond).to.be.closeTo(each.toSorted((a, b) => a - b)[1] ?? 0, 1e-9);
  });

  it('are left out for a region or types without prices', () => {
    expect(receiptPrices(WORKERS, 'ap-south-2')).to.equal(undefined);
    expect(receiptPrices({ instanceTypes: ['z9.large'] }, 'us-east-1')).to.equal(undefined);
  });

  for (const settings of ENVIRONMENTS) {
    it(`are given to the workers of ${settings.name} alone, which accept them`, () => {
      const deployment = deploymentOf(settings);
      const worker = containerEnvironment('worker', deployment, settings);
      expect(loadConfig('worker', worker).RECEIPT_PRICES).to.deep.equal(
        receiptPrices(settings.workers, settings.region),
      );
      expect(worker.RECEIPT_PRICES).to.be.a('string');
      expect(containerEnvironment('download', deployment, settings)).to.not.have.property('RECEIPT_PRICES');
    });
  }
});
