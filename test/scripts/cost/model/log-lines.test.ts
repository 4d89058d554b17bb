import { expect } from 'chai';
import { amountOf, expectUsd, report } from '../../../support/cost/report-lines.ts';

describe('what logs take that are kept for 90 days', () => {
  it('is 15 % of the lines of services, because CloudWatch compresses them', () => {
    // 4,000,000 reads past the CDN of 350 bytes: 1.30385 GB a month × 0.15 × 90 / 30.4167 = 0.5787 GB.
    expect(amountOf(report(), 'Log of download: storage')).to.be.closeTo(0.5787, 0.0001);
    expectUsd(report(), 'Log of download: storage', 0.5787 * 0.03);
    // 1,000,000 messages of 1,430 + 4 × (245 + 510) bytes: 4.1444 GB × 0.15 × 90 / 30.4167 = 1.8394 GB.
    expectUsd(report(), 'Log of worker: storage', 1.8394 * 0.03);
  });

  it('is a line of each request in access logs', () => {
    // The load balancer: 5,000,000 × 120 bytes × 90 / 30.4167 = 1.6534 GB × 0.023.
    expectUsd(report(), 'Access log of load balancer: storage', 0.03803);
    // The CDN: 40,000,000 × 90 bytes: 9.9205 GB.
    expectUsd(report(), 'Access log of CDN: storage', 0.22817);
    // S3 writes 1,000,000 originals and 4,000,000 renditions, and the worker and the service read 5,000,000: 10,000,000 × 700 bytes, 19.2899 GB.
    expectUsd(report(), 'Access log of S3: storage', 0.44367);
  });
});
