import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import { unitCosts } from '../../../../scripts/cost/model/unit-costs.ts';
import { LIFE_OF_AN_IMAGE, type UnitCost } from '../../../../scripts/cost/report/cost-report.ts';
import { WORKLOADS } from '../../../../scripts/cost/workloads/all-workloads.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { pricedMonth } from '../../../support/cost/priced.ts';
import { type Changes, synthesised } from '../../../support/cost/synthesised.ts';

const WHOLE_MONTH = 'the whole month, for each image uploaded in it';

const report = (workload: Workload, changes: Changes = {}, name: 'prod' | 'dev' = 'prod') =>
  costReport({
    ...{ environment: synthesised(name, changes), workload, book: fixedPrices(), month: 13, generated: '2026-11-30' },
  });

const found = ({ unitCosts }: { unitCosts: readonly UnitCost[] }, wanted: string): UnitCost => {
  const unit = unitCosts.find(({ name }) => name === wanted);
  if (!unit) throw new Error(`There is no unit cost ${wanted}, but ${unitCosts.map(({ name }) => name).join(', ')}.`);
  return unit;
};

const part = ({ parts = [] }: UnitCost, wanted: string): number =>
  parts.find(({ name }) => name === wanted)?.usd ?? Number.NaN;

/** Within 0.1 % of what was computed by hand, less than which no part that a unit cost must have is. */
const expectUsd = (usd: number, byHand: number, what?: string): void => {
  expect(usd, what).to.be.closeTo(byHand, byHand / 1000);
};

// Prices of one of each: a write unit, a read unit, a PUT and a GET of S3, and a request that the load balancer's web ACL looks at.
const [WRITE, READ, PUT, GET, WEB_ACL] = [0.625e-6, 0.125e-6, 5e-6, 0.4e-6, 0.6e-6];
// 4,576,800 requests to SQS, of which a million is free, are 3,576,800 × 0.4 / 1,000,000 = $1.43072.
const SQS = 1.43072 / 4_576_800;
/**
 * A GB of log lines, if there are so many of them, and nine tasks have 2 KiB of events a minute, 0.752 GB: 5 of all are free, the others cost 0.5 each; and 0.15
 * of a GB is stored for 90 / 30.4167 months at 0.03.
 */
const logGbOf = (lines: number): number => ((lines + 0.752 - 5) * 0.5) / (lines + 0.752) + 0.15 * (90 / 30.4167) * 0.03;
// 5,000,000 requests of 350 bytes, and 1,000,000 messages of 1,430 + 4 × (245 + 510).
const LOG_GB = logGbOf(5.774);
const gb = (bytes: number): number => bytes / 2 ** 30;
// The services: two tasks on Fargate; two instances with volumes of 30 GB each; and the workers with theirs.
const [SYNC_UPLOAD, DOWNLOAD, ASYNC_UPLOAD, WORKERS] = [57.67, 99.28 + 4.8, 105.85 + 4.8, 111.69 + 50.165 + 10.4];
// An LCU-hour for each GB.
const LCU = 0.008;

describe('unit costs of the cost report', () => {
  const plain = report(PLAIN);
  const deleting = report({ ...PLAIN, deletionsPerMonth: 0.01 });
  const life = found(plain, LIFE_OF_AN_IMAGE);

  it('are the sums of their parts', () => {
    for (const { name, usd, parts = [] } of report({ ...PLAIN, laterRenditionsPerImage: 0.5 }).unitCosts)
      expect(
        parts.reduce((sum, each) => sum + each.usd, 0),
        name,
      ).to.be.closeTo(usd, 1e-12);
  });

  it('have of an upload its requests, its part of the service, and its bytes at the load balancer', () => {
    // A PUT; writes of four renditions, the record and its copy in the index, and three of what its owner has, of which one is read, one that counts the request and two the upload; a message; a line of 350 bytes; and 2 MiB, 1 / 512 GB.
    const service = SYNC_UPLOAD / 1e6 + gb(350) * LOG_GB + WEB_ACL;
    const byHand = PUT + 12 * WRITE + READ + SQS + service + LCU / 512;
    expectUsd(found(plain, '1,000 uploads').usd, 1000 * byHand);
  });

  it('have of an upload in parts what each part takes', () => {
    // Three parts. PUT: it is begun, has three parts, which are listed and joined; the result is read twice. Writes: a counter, and the upload's record
    // of 1,500 bytes with its copy in the index (4); each part's claim, and its end; the upload's record four times (16), the image as above (9), and the
    // counter; five requests are counted, and each part twice among the uploads at once: 48. Reads: 2 for each part, 2, 1 and 1, and what the owner has three times: 13. Five requests, each with a line.
    const calls = 6 * PUT + 2 * GET + 48 * WRITE + 13 * READ + SQS;
    // 4,000,000 more lines: 7.078 GB.
    const service = ASYNC_UPLOAD / 1e6 + 5 * (gb(350) * logGbOf(7.078) + WEB_ACL);
    const byHand = calls + service + LCU / 512;
    expectUsd(found(report({ ...PLAIN, shareInParts: 1 }), '1,000 uploads').usd, 1000 * byHand);
  });

  it('have of the renditions of an upload the calls of its message and its part of the workers', () => {
    // Four PUTs and a GET; two writes for each rendition, the record with its copy in the index, and the processor time; a read; two messages; 1,430 + 4 × (245 + 510) bytes.
    const byHand = 4 * PUT + GET + 11 * WRITE + READ + 2 * SQS + WORKERS / 1e6 + gb(4450) * LOG_GB;
    expectUsd(found(plain, '1,000 renditions of uploads').usd, (1000 * byHand) / 4);
  });

  it('have of a GB in storage the mean of its classes', () => {
    const changes: Changes = { storage: { originalsTier: 'infrequent-access', originalsTierDays: 30 } };
    const all = report({ ...PLAIN, readsPerImage: { original: 0, rendition: 0 } }, changes);
    // 3,112.4 GB at 0.023 and 22,455.6 GB at 0.0125.
    const stored = 71.585 + 280.695;
    expectUsd(found(all, 'a GB stored for a month').usd, stored / (3112.4 + 22_455.6));
    // Over an image's life also a move of each.
    expectUsd(part(found(all, LIFE_OF_AN_IMAGE), '13 months of storage'), (stored + 10) / 1e6);
  });

  it('have of a GB that is delivered the CDN, its web ACL, and the reads past it with their bytes at the load balancer', () => {
    // Bytes, requests, Origin Shield, and 40,000,000 requests that the CDN's web ACL looks at.
    const cdn = 237.21 + 30 + 3 + 24;
    // 4,000,000 reads past the CDN: a GET, half a read unit, a write that counts it, a line and the other web ACL.
    const reads = 4e6 * (GET + READ / 2 + WRITE + gb(350) * LOG_GB + WEB_ACL) + DOWNLOAD;
    // A tenth of 3,814.7 GB.
    const balanced = 381.47 * LCU;
    const delivered = found(plain, 'a GB delivered, with its requests');
    expectUsd(delivered.usd, (cdn + reads + balanced) / 3814.7);
    expectUsd(part(delivered, 'load balancer'), balanced / 3814.7);
    expectUsd(part(life, 'delivery'), (cdn + reads + balanced) / 1e6);
  });

  it('have of a GB that is delivered without a CDN its transfer to the Internet', () => {
    // 3,814.7 GB, and 2.14 of records: (3,816.8 - 100) × 0.09, less the part of the records.
    const delivered = found(report(PLAIN, {}, 'dev'), 'a GB delivered, with its requests');
    expectUsd(part(delivered, 'transfer'), (3716.84 * 0.09) / 3816.84);
    expectUsd(part(delivered, 'load balancer'), LCU);
  });

  it('have of reads that edges only ask about what they take of the service', () => {
    // Of 36,000,000 hits 35,991,782 are asked about, and answered 304: half a read unit, a write that counts it, a web ACL, and their part of the service, with the others.
    const asked = 40e6 * 0.9 * (1 / (1 + 10 / 43_800));
    const all = report({ ...PLAIN, readsByNameShare: 1 });
    const past = part(found(all, 'a GB delivered, with its requests'), 'reads past the CDN') * 3814.7;
    const calls = 4e6 * GET + (4e6 + asked) * (READ / 2 + WRITE + WEB_ACL);
    // 11.73 GB of lines more.
    expectUsd(past, calls + gb((4e6 + asked) * 350) * logGbOf(5.774 + gb(asked * 350)) + DOWNLOAD);
  });

  it('have of a deletion its calls, its part of the service, and the invalidation', () => {
    // 122,479 deletions: of the paths 1,000 are free, which leaves 121,479 × 0.005. A list; four renditions, the tombstone with two copies in indexes,
    // and once more with one, and the request: 10 writes; two reads. The service also has a million uploads.
    const byHand = (121_479 * 0.005) / 122_479 + PUT + 10 * WRITE + 2 * READ + SYNC_UPLOAD / 1_122_479 + WEB_ACL;
    expectUsd(found(deleting, '1,000 deletions').usd, 1000 * byHand);
    // Of images of 13 months, as many are deleted in a month as one in 8.2 of those uploaded.
    const some = part(found(deleting, LIFE_OF_AN_IMAGE), 'deletion of some');
    expectUsd(some, (byHand * 122_479) / 1e6);
    expect(found(deleting, LIFE_OF_AN_IMAGE).usd).to.be.above(life.usd + some / 2);
  });

  it('have of an invalidation as much as CloudFront takes', () => {
    // Ten times as many are 1,224,790; 657,000 are taken, of which 1,000 are free.
    const many = report({ ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * 10, deletionsPerMonth: 0.01 });
    expectUsd(part(found(many, '1,000 deletions'), 'invalidation'), (1000 * 656_000 * 0.005) / 1_224_790);
  });

  it('have in the life of an image what it takes in the table', () => {
    // 3,740 bytes in the table and 540 in the index, for 13,000,000 images: 26.82 GB × 0.25 beyond what is free, and 45.28 × 0.20 of recovery. A
    // million of them is as old as each of the 13 months.
    expectUsd(part(life, '13 months in the table'), (6.705 + 9.056) / 1e6);
  });

  it('have in the life of an image the reads of records', () => {
    const all = report({ ...PLAIN, metadataReadsPerImage: 4 });
    // 4,000,000 of half a read unit, a write that counts it, a web ACL and a line, and half of the service; and with a million of uploads 2,300 bytes of answer at the load
    // balancer, the transfer of which is free up to 100 GB.
    const byHand = 4e6 * (READ / 2 + WRITE + WEB_ACL + gb(350) * logGbOf(7.078)) + DOWNLOAD / 2 + gb(5e6 * 2300) * LCU;
    expectUsd(part(found(all, LIFE_OF_AN_IMAGE), 'records and lists'), byHand / 1e6);
  });

  it('have in the life of an image the renditions that are asked for later', () => {
    expect(part(life, 'later and remade renditions')).to.equal(0);
    // A later rendition is asked for (two reads, a message, and writes of it, of the owner's day, of what counts the request and, with the index, of the record; half of the service, which has as many
    // uploads, and a web ACL), and made (two messages, a read, a GET, a PUT and three writes). The workers have a quarter more to do, of 1,250,000
    // vCPU-seconds, and log 1,430 + 245 + 510 bytes of 8.14 GB. Of 6,576,800 requests to SQS 5,576,800 are paid for.
    const one = found(report({ ...PLAIN, laterRenditionsPerImage: 1 }), LIFE_OF_AN_IMAGE);
    const asked = 2 * READ + 5 * WRITE + SYNC_UPLOAD / 2e6 + WEB_ACL + gb(350) * logGbOf(8.14);
    const log = 1e6 * gb(4450 + 2185) * logGbOf(8.14);
    const made = READ + GET + PUT + 3 * WRITE + ((WORKERS + log) / 1.25e6) * 0.25;
    expectUsd(part(one, 'later and remade renditions'), asked + made + 3 * ((5.5768 / 6.5768) * 0.4e-6));
    expect(one.usd).to.be.above(life.usd);
  });

  it('divide the whole month by the images uploaded in it', () => {
    const whole = found(plain, WHOLE_MONTH);
    expect(whole.usd).to.be.closeTo(plain.total.typical / 1e6, 1e-12);
    expect(part(whole, 'what the life of an image has')).to.equal(life.usd);
  });

  for (const [name, workload] of Object.entries(WORKLOADS))
    it(`have for the life of an image no more than for the whole month, with the workload ${name}`, () => {
      const { parts = [] } = found({ unitCosts: unitCosts(pricedMonth('prod', workload)) }, WHOLE_MONTH);
      expect(parts).to.have.length(2);
      for (const each of parts) expect(each.usd, each.name).to.be.above(0);
    });
});
