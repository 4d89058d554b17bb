import { expect } from 'chai';
import { compareCdn } from '../../../../../scripts/cost/model/cdn-plans.ts';
import { contextOf, linesOf } from '../../../../../scripts/cost/model/cost-model.ts';
import { warningsOf } from '../../../../../scripts/cost/model/warnings/all-warnings.ts';
import type { CostWarning } from '../../../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { type Changes, type SETTINGS, synthesised } from '../../../../support/cost/synthesised.ts';

const inputOf = (name: keyof typeof SETTINGS, workload: Workload, changes: Changes) => ({
  ...{ environment: synthesised(name, changes), workload, book: fixedPrices(), month: 13 },
});

function warnings(name: keyof typeof SETTINGS, workload: Workload = PLAIN, changes: Changes = {}): CostWarning[] {
  const context = contextOf(inputOf(name, workload, changes));
  return warningsOf({ ...context, ...linesOf(context) });
}

const codes = (found: readonly CostWarning[]): string[] => found.map(({ code }) => code);

const manyImages = (times: number): Workload => ({ ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * times });

const IA: Changes = { storage: { originalsTier: 'infrequent-access', originalsTierDays: 30 } };

describe('warnings of the cost report', () => {
  it('say where a NAT gateway in each zone guards what may be destroyed', () => {
    const found = warnings('dev', PLAIN, { network: { egress: 'nat-per-zone' } });
    // The second gateway with its address: 730 × (0.045 + 0.005).
    expect(found.find(({ code }) => code === 'nat-per-zone')?.usd).to.be.closeTo(36.5, 0.01);
    expect(codes(warnings('dev'))).to.not.include('nat-per-zone');
    expect(codes(warnings('prod'))).to.not.include('nat-per-zone');
  });

  it('say where reads from a cold class cost more than it saves', () => {
    const read = { ...PLAIN, readsPerImage: { original: 400, rendition: 0 }, ageCurve: [0, 0.5, 0.5] };
    expect(codes(warnings('prod', read, IA))).to.include('cold-but-read');
    expect(codes(warnings('prod', { ...read, readsPerImage: { original: 0.1, rendition: 0 } }, IA))).to.not.include(
      'cold-but-read',
    );
  });

  it('say where moving objects costs more than it saves', () => {
    // Of 300 KiB: monitoring and moves of a million cost $2.50 a month and $10, and nothing becomes cheaper while it is read.
    const small = { ...PLAIN, sizes: [{ upToBytes: 400_000, share: 1, meanBytes: 300 * 1024 }] };
    const read = { ...small, readsPerImage: { original: 120, rendition: 0 }, ageCurve: Array(12).fill(1 / 12) };
    expect(codes(warnings('prod', read))).to.include('small-objects-are-moved');
    expect(codes(warnings('prod', PLAIN))).to.not.include('small-objects-are-moved');
  });

  it('say where provisioned capacity of the table is cheaper', () => {
    const [found] = warnings('prod', manyImages(10)).filter(({ code }) => code === 'provisioned-is-cheaper');
    // 250,000,000 writes, of which 40,000,000 count for owners, 50,000,000 requests and 20,000,000 uploads at once, 20,000,000 in the index and 30,000,000
    // reads cost 270 × 0.625 + 30 × 0.125 = $172.50 on demand. Provisioned, at 70 % use: 270,000,000 / 3,600 / 0.7 × 0.00065 + 30,000,000 / 3,600 / 0.7 × 0.00013 = 69.64 + 1.55. The first 18,600 hours of both are free for an
    // account, which is left out: nothing is free on demand.
    expect(found?.usd).to.be.closeTo(172.5 - 71.19, 1);
    expect(codes(warnings('prod', manyImages(0.1)))).to.not.include('provisioned-is-cheaper');
  });

  it('say where settings do not allow the work', () => {
    // 1,000,000,000 messages of a vCPU-second are 380.5 vCPU: 96 tasks of four, and 40 are allowed.
    const found = warnings('prod', manyImages(1000));
    expect(found.find(({ code }) => code === 'too-few-tasks')?.sentence).to.match(/needs \d+ tasks/);
    expect(found.map(({ sentence }) => sentence).join('\n')).to.include('worker needs 96 tasks');
    expect(codes(found)).to.include.members(['table-ceiling', 'over-budget']);
    expect(codes(warnings('prod'))).to.not.include.members(['too-few-tasks']);
  });

  it('say where the scaling rule has another idea of a message than the workload', () => {
    const slow = { ...PLAIN, renditions: PLAIN.renditions.map((each) => ({ ...each, cpuSeconds: 2 })) };
    const [found] = warnings('prod', slow).filter(({ code }) => code === 'seconds-per-message');
    expect(found?.sentence).to.match(/reckons with 0\.2 s for a message, and the workload takes a task 2\.00 s/);
    expect(codes(warnings('prod'))).to.not.include('seconds-per-message');
  });

  it('say which plan of the CDN includes what costs more as one goes', () => {
    const [found] = warnings('prod').filter(({ code }) => code === 'flat-rate-plan');
    expect(found?.sentence).to.include('plan Business').and.to.include('$200 a month');
  });

  it('count invalidations beside a plan, which is not known to include any', () => {
    const workload = { ...PLAIN, deletionsPerMonth: 0.01 };
    const input = inputOf('prod', workload, {});
    const context = contextOf(input);
    const { lines } = linesOf(context);
    const invalidations = lines.find(({ item }) => item === 'CloudFront: invalidations')?.usd.typical ?? 0;
    // 1,000,000 × (1 - 0.99¹³) / 0.01 images are stored, of which 1 % are deleted: 122,478 paths, of which 1,000 are free, × 0.005.
    expect(invalidations).to.be.closeTo(607.39, 0.01);
    const business = compareCdn(context, lines)?.plans.find(({ name }) => name === 'Business');
    expect(business?.usd).to.be.closeTo(200 + invalidations, 1e-9);
    expect(business?.why).to.include('for invalidations come on top');
  });
});
