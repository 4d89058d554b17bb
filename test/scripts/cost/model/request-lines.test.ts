import { expect } from 'chai';
import { contextOf, linesOf } from '../../../../scripts/cost/model/cost-model.ts';
import { callsInMonth } from '../../../../scripts/cost/model/request-lines.ts';
import { S3_BILLING, type S3Api } from '../../../../scripts/cost/model/requests-per-operation.ts';
import { WORKLOADS } from '../../../../scripts/cost/workloads/all-workloads.ts';
import { readPriceBook } from '../../../../stacks/prices/price-book.ts';
import { synthesised } from '../../../support/cost/synthesised.ts';

describe('requests to S3 in the cost report', function () {
  this.timeout(60_000);

  for (const workload of Object.values(WORKLOADS))
    for (const month of [1, 13, 24])
      it(`have every read of every operation in one line: ${workload.name}, month ${month}`, () => {
        const context = contextOf({
          ...{ environment: synthesised('prod'), workload, book: readPriceBook('us-east-1'), month },
        });
        const gets = callsInMonth(context, (call) => call.service === 's3' && S3_BILLING[call.api as S3Api] === 'get');
        const reads = linesOf(context).lines.filter(({ item }) => item.startsWith('S3 requests: reads'));
        const priced = reads.reduce((sum, { quantity }) => sum + quantity.amount, 0);
        expect(priced).to.be.closeTo(gets, gets * 1e-9);
      });
});
