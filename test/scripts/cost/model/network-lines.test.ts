import { expect } from 'chai';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { expectUsd, report } from '../../../support/cost/report-lines.ts';

describe('interface endpoints', () => {
  const found = () => report(PLAIN, { network: { egress: 'interface-endpoints' } });

  it('are billed by the hour in each of three zones', () => {
    // 3 × 730 × 0.01.
    expectUsd(found(), 'Endpoint of sqs: hours', 21.9);
  });

  it('share the bytes that would pass NAT gateways', () => {
    const bytes = found().filter(({ item }) => /^Endpoint of .*: bytes$/.test(item));
    expect(bytes).to.have.length(8);
    // 3,000,000 requests of messages of 3 KiB, 8.583 GB, 1,576,800 polls of 1 KiB, 1.504 GB, and log lines: 5,000,000 requests of 350 bytes and 1,000,000
    // messages of 1,430 + 4 × (245 + 510), 5.774 GB, and of the audit
    // trail 1,000,000 of 400 bytes, 0.373 GB. Of 16.234 GB each has an eighth: 2.0292 × 0.01.
    for (const { item, usd } of bytes) expect(usd.typical, item).to.be.closeTo(0.020292, 0.00002);
  });
});
