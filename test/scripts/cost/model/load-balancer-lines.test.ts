import { expect } from 'chai';
import type { CostLine } from '../../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { amountOf, expectUsd, report, reportOfPlatform } from '../../../support/cost/report-lines.ts';

/** Few bytes: originals of a KB, and reads that are answered 304. A million uploads and 4,000,000 reads past the CDN. */
const FEW_BYTES: Workload = {
  ...PLAIN,
  sizes: [{ upToBytes: 1024, share: 1, meanBytes: 1024 }],
  notModifiedShare: 1,
};

const capacityUnits = (lines: readonly CostLine[]): number => amountOf(lines, 'Load balancer: capacity units');

describe('the capacity units of the load balancer', () => {
  it('are those of new connections where there are few bytes', () => {
    // 5,000,000 requests / 4 connections / 3,600 s / 25 = 13.89 LCU-hours. Bytes: 0.95 GB of uploads and 2.1 of their answers.
    expect(capacityUnits(report(FEW_BYTES))).to.be.closeTo(13.8889, 0.0001);
  });

  it('are those of open connections where these stay open for long', () => {
    // 5,000,000 / 4 / 3,600 connections a second are each open for 240 s, and 3,000 of them are an LCU.
    const found = reportOfPlatform(({ aws_lb: balancers = {} }) => {
      for (const values of Object.values(balancers)) values.idle_timeout = 240;
    }, FEW_BYTES);
    expect(capacityUnits(found)).to.be.closeTo(27.7778, 0.0001);
  });

  it('are those of rules where there are many', () => {
    // Of 100 rules half are evaluated, of which ten are free: 5,000,000 × 40 / 3,600 / 1,000.
    const found = reportOfPlatform(({ aws_lb_listener_rule: rules = {} }) => {
      const [rule] = Object.values(rules);
      while (Object.keys(rules).length < 100) rules[`rule-${Object.keys(rules).length}`] = rule ?? {};
    }, FEW_BYTES);
    expect(capacityUnits(found)).to.be.closeTo(55.5556, 0.0001);
  });
});

describe('records of images', () => {
  it('pass the load balancer, and go to the Internet past the CDN', () => {
    const found = report({ ...PLAIN, metadataReadsPerImage: 100, listCallsPerDay: 240_000 });
    // 100,000,000 reads and 1,000,000 answers to uploads of 600 + 4 × 250 + 700 bytes are 216.345 GB, and 240,000 × 730 / 24 lists of 20 × 450 + 700
    // bytes 65.947 GB: 282.292 GB, of which 100 are free: 182.292 × 0.09.
    expect(amountOf(found, 'Transfer to the Internet')).to.be.closeTo(282.292, 0.01);
    expectUsd(found, 'Transfer to the Internet', 16.406);
    // With 1,953.125 GB of uploads and 381.470 past the CDN.
    expect(capacityUnits(found)).to.be.closeTo(2616.887, 0.01);
  });
});
