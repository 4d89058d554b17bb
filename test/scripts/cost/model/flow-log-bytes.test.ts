import { expect } from 'chai';
import { contextOf } from '../../../../scripts/cost/model/cost-model.ts';
import { FLOW_RECORD_BYTES, flowLogBytes } from '../../../../scripts/cost/model/flow-log-bytes.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { IDLE, PLAIN } from '../../../support/cost/plain-workload.ts';
import { type Changes, synthesised } from '../../../support/cost/synthesised.ts';

const bytesOf = (workload: Workload, changes: Changes = {}) =>
  flowLogBytes(contextOf({ environment: synthesised('prod', changes), workload, book: fixedPrices(), month: 13 }));

const MINUTES_A_MONTH = 730 * 60;

describe('the log of connections', () => {
  it('has records as long as the one in the documentation, with what CloudWatch adds', () => {
    const record =
      '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
    expect(FLOW_RECORD_BYTES).to.equal(record.length + 26);
  });

  it('has, without any work, the records of the tasks that always run', () => {
    // Each of seven tasks behind the load balancer has, in each of three zones, two kept connections and six checks of its health in a minute, all
    // seen by two interfaces in two directions: 3 × 8 × 4 = 96 records; eight connections to S3 and DynamoDB: 16; and one for its log, which NAT
    // sees twice: 6. Two workers have six consumers with two connections to S3 and DynamoDB, 24, and one to SQS, and one for the log: 7 × 6 = 42.
    const records = 7 * (96 + 16 + 6) + 2 * (24 + 42);
    const { minimum, typical } = bytesOf(IDLE);
    expect(typical).to.be.closeTo(records * MINUTES_A_MONTH * FLOW_RECORD_BYTES, 1);
    expect(minimum).to.equal(typical);
  });

  it('has four records more for each connection of a client or an edge', () => {
    // 1,000,000 uploads and 4,000,000 reads, four on each connection.
    const { minimum, typical } = bytesOf(PLAIN);
    expect(typical - minimum).to.be.closeTo((5_000_000 / 4) * 4 * FLOW_RECORD_BYTES, 1);
  });

  it('has one record less in each direction where endpoints take what would pass NAT', () => {
    const egress = { network: { egress: 'interface-endpoints' }, cdn: { enabled: false } } as const;
    const open = { cdn: { enabled: false } } as const;
    const less = bytesOf(IDLE, open).typical - bytesOf(IDLE, egress).typical;
    // Seven logs, and two workers with seven connections.
    expect(less).to.be.closeTo((7 + 2 * 7) * 2 * MINUTES_A_MONTH * FLOW_RECORD_BYTES, 1);
  });
});
