import { expect } from 'chai';
import type { ApiSettings } from '../../../../stacks/environments/settings.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { amountOf, expectUsd, report, usdOf } from '../../../support/cost/report-lines.ts';
import type { Changes } from '../../../support/cost/synthesised.ts';

describe('lines of the cost report, computed by hand', () => {
  it('price the spot instances of the workers', () => {
    // 1,000,000 messages of 4 × 0.25 = 1 vCPU-second in 730 × 3,600 s are 0.38 vCPU, 0.095 tasks of 4 vCPU: the two that always run. Each fills
    // an instance. One is on demand, so one is on spot: the six types cost (0.17 + 0.154 + 0.153 + 0.17 + 0.20528 + 0.1785) / 6 = 0.1718 on
    // demand on average, and spot 0.4 of that: 0.06872 × 730 = $50.16.
    expectUsd(report(), 'worker: instances on spot', 50.16);
    // The cheapest of them: 0.153 × 730.
    expectUsd(report(), 'worker: instances on demand', 111.69);
    // Two volumes of 65 GB: the system's 30, and the originals and results of six messages. 130 × 0.08.
    expectUsd(report(), 'worker: volumes of the instances', 10.4);
  });

  it('price the spot instances of workers that are busy', () => {
    // 100,000,000 messages are 38.05 vCPU, 9.51 tasks, so ten instances, of which nine are on spot.
    expectUsd(report({ ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * 100 }), 'worker: instances on spot', 9 * 50.16);
  });

  it('price later renditions by the processor time of the dearest one', () => {
    // 100,000,000 uploads take 0.1 + 0.2 + 0.3 + 0.4 vCPU-seconds each, and as many later renditions 0.4: 140,000,000 in 2,628,000 s are 53.27 vCPU,
    // 13.3 tasks of 4. So there are 14 instances, of which 13 are on spot.
    const renditions = PLAIN.renditions.map((each, index) => ({ ...each, cpuSeconds: (index + 1) / 10 }));
    const busy = { ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * 100, renditions, laterRenditionsPerImage: 1 };
    expectUsd(report(busy), 'worker: instances on spot', 13 * 50.16);
  });

  it('price tasks on Fargate', () => {
    // Two tasks of 1 vCPU and 2 GB on arm64: 2 × 730 × (0.03238 + 2 × 0.00356) = 1,460 × 0.0395.
    expectUsd(report(), 'sync-upload: tasks on Fargate', 57.67);
  });

  it('price storage at month 13 as the lifecycle rules move it', () => {
    const changes: Changes = { storage: { originalsTier: 'infrequent-access', originalsTierDays: 30 } };
    const found = report({ ...PLAIN, readsPerImage: { original: 0, rendition: 0 } }, changes);
    // A month brings 1,000,000 × 2 / 1,024 = 1,953.1 GB of originals, and S3 acts at the midnight after, half a day later on average: 30.5 days of
    // them are in Standard, 30.5 / 30.4167 × 1,953.1 = 1,958.5 GB. Renditions are 4,000,000 × 100 / 1,048,576 = 381.5 GB a month, kept for 90.5
    // days, and 1.5 more as deleted versions: 92 / 30.4167 × 381.5 = 1,153.9 GB. Together 3,112.4 GB × 0.023 = $71.59.
    expectUsd(found, 'S3: STANDARD', 71.59);
    // On average of month 13 there are 12.5 months of originals: 24,414.1 GB, less those in Standard: 22,455.6 GB × 0.0125 = $280.70.
    expectUsd(found, 'S3: STANDARD_IA', 280.7);
    // Each of a month's originals moves once: 1,000,000 × 0.01 / 1,000.
    expectUsd(found, 'S3 requests: moves by lifecycle rules', 10);
  });

  it("price S3's writing requests, the largest part of an image's requests", () => {
    // 1,000,000 originals and 4,000,000 renditions, at 0.005 for a thousand.
    expectUsd(report(), 'S3 requests: originals in one request', 5);
    expectUsd(report(), 'S3 requests: renditions', 20);
    // The worker reads each original, and 4,000,000 reads pass the CDN: 5,000,000 × 0.0004 / 1,000.
    expectUsd(report(), 'S3 requests: reads', 2);
  });

  it('price the table with its index', () => {
    // An upload writes four renditions and a record, and three times what its owner has; its processing starts four, finishes four, describes the image
    // and counts its processor time: 18 units of 1 KB. 18,000,000 × 0.625 / 1,000,000.
    expectUsd(report(), 'DynamoDB: writes', 11.25);
    // The record is written and described, each time in images-by-owner too: 2,000,000 × 0.625 / 1,000,000.
    expectUsd(report(), 'DynamoDB: writes of the indexes', 1.25);
    // An upload asks whether its owner is being erased, and the worker reads an image of 440 + 4 × 380 bytes, both consistently: a unit each. Of 40,000,000
    // reads a tenth passes the CDN, and reads 440 + 4 × 700 bytes that may be stale: half a unit. (2,000,000 + 4,000,000 / 2) × 0.125 / 1,000,000.
    expectUsd(report(), 'DynamoDB: reads', 0.5);
    // 13,000,000 images of 440 + 100 + 4 × (700 + 100) = 3,740 bytes and 540 in the index: 51.82 GB, of which 25 are free: 26.82 × 0.25.
    expectUsd(report(), 'DynamoDB: storage', 6.705);
    // The table without the index: 13,000,000 × 3,740 / 2³⁰ = 45.28 GB × 0.20.
    expectUsd(report(), 'DynamoDB: point-in-time recovery', 9.056);
  });

  it('price what limits of owners write, and nothing without them', () => {
    // 1,000,000 uploads and 4,000,000 reads that pass the CDN, a write each: 5,000,000 × 0.625 / 1,000,000.
    expectUsd(report(), 'DynamoDB: writes that count requests', 3.125);
    // An upload begins and ends: 2,000,000 × 0.625 / 1,000,000.
    expectUsd(report(), 'DynamoDB: writes that count uploads at once', 1.25);
    // Three parts each: 3 × 2,000,000 × 0.625 / 1,000,000; and requests are three parts, a begin and an end, and the reads: 9,000,000.
    const inParts = report({ ...PLAIN, shareInParts: 1 });
    expectUsd(inParts, 'DynamoDB: writes that count uploads at once', 3.75);
    expectUsd(inParts, 'DynamoDB: writes that count requests', 5.625);
    const counted = (limits: ApiSettings['limits']) => {
      const found = report(PLAIN, { api: { limits } });
      return ['requests', 'uploads at once'].map((what) => usdOf(found, `DynamoDB: writes that count ${what}`));
    };
    expect(counted('off')).to.deep.equal([0, 0]);
    // Only the uploads are counted, or only the reads.
    expect(counted({ requestsPerMinuteAndAddress: null, uploadsAtOnce: null })).to.deep.equal([0.625, 0]);
    const [requests] = counted({ requestsPerMinute: null });
    expect(requests).to.be.closeTo(2.5, 1e-9);
  });

  it('price reads and notes of API keys by task, and at most one for each request', () => {
    // One key, in two tasks of sync-upload: 2 × 2,628,000 / 30 = 175,200 reads × 0.125 / 1,000,000, and 2 × 730 notes × 0.625 / 1,000,000.
    expectUsd(report(), 'DynamoDB: reads of API keys', 0.0219);
    expectUsd(report(), 'DynamoDB: notes of when API keys were used', 0.0009125);
    // A thousand keys would be 175,200,000 reads and 1,460,000 notes; there are 1,000,000 uploads.
    const many = report({ ...PLAIN, apiKeys: 1000 });
    expectUsd(many, 'DynamoDB: reads of API keys', 0.125);
    expectUsd(many, 'DynamoDB: notes of when API keys were used', 0.625);
    expect(usdOf(report({ ...PLAIN, apiKeys: 0 }), 'DynamoDB: reads of API keys')).to.equal(0);
  });

  it('price looks for what is owed by task, and nothing where nothing can be owed', () => {
    const looks = 'DynamoDB: looks for what is owed';
    // For invalidations: two tasks × 16 parts × 2,628,000 / 900 / 2 = 46,720 units × 0.125 / 1,000,000.
    expectUsd(report(), looks, 0.00584);
    // For notices too: two tasks × 16 × 2,628,000 / 5 / 2 = 8,409,600 units more, also in a month in which nobody uploads.
    const moderation = { images: 'all', webhookUrl: 'https://scan.example.com/images' } as const;
    const found = report(PLAIN, { api: { moderation } });
    expectUsd(found, looks, 1.05704);
    expect(usdOf(found, looks, 'minimum')).to.be.closeTo(1.05704, 1e-6);
    expect(usdOf(report(PLAIN, {}, 'dev'), looks)).to.equal(0);
  });

  it('price moderation by its setting', () => {
    const moderated = (moderation: ApiSettings['moderation'], workload = PLAIN) =>
      report(workload, { api: { moderation } });
    const audit = 'Log of audit: writing';
    const lines = (found: ReturnType<typeof report>) => amountOf(found, audit) / amountOf(report(), audit);
    // Told by a webhook: 2 × 1,000,000 writes more than 18,000,000, each with three of the indexes, and 1,000,000 reads of 440 + 4 × 700 bytes.
    const told = moderated({ images: 'all', webhookUrl: 'https://scan.example.com/images' });
    expectUsd(told, 'DynamoDB: writes', 12.5);
    expectUsd(told, 'DynamoDB: writes of the indexes', 5);
    expectUsd(told, 'DynamoDB: reads', 0.625);
    expect(lines(told)).to.be.closeTo(2, 1e-9);
    // Decided by a request: one write with three of the indexes, and the request is counted; it is no part of the CDN's.
    const asked = moderated({ images: 'all' });
    expectUsd(asked, 'DynamoDB: writes', 11.875);
    expectUsd(asked, 'DynamoDB: writes of the indexes', 3.125);
    expectUsd(asked, 'DynamoDB: writes that count requests', 3.75);
    // Three quarters of the images are public.
    const some = moderated({ images: 'public' }, { ...PLAIN, privateShare: 0.25 });
    expectUsd(some, 'DynamoDB: writes', 11.25 + 0.625 * 0.75);
    expectUsd(report(), 'DynamoDB: writes', 11.25);
  });

  it('price changes of images', () => {
    // Two of each: 2,000,000 writes more, each with one of the index, and as many reads of a unit.
    const found = report({ ...PLAIN, changesPerImage: 2 });
    expectUsd(found, 'DynamoDB: writes', 12.5);
    expectUsd(found, 'DynamoDB: writes of the indexes', 2.5);
    expectUsd(found, 'DynamoDB: reads', 0.75);
    expectUsd(found, 'DynamoDB: writes that count requests', 4.375);
  });

  it('price reads of records', () => {
    // The 4,000,000 half or whole units above, and 100,000,000 records of 440 + 4 × 700 bytes that may be stale: half a unit each. 54,000,000 × 0.125 /
    // 1,000,000.
    expectUsd(report({ ...PLAIN, metadataReadsPerImage: 100 }), 'DynamoDB: reads', 6.75);
  });

  it('price what later renditions take in the table', () => {
    const found = report({ ...PLAIN, laterRenditionsPerImage: 2 });
    // 26,000,000 more of 700 + 100 bytes: 19.37 GB beside the 51.82 and 45.28 of all others.
    expectUsd(found, 'DynamoDB: storage', (51.82 + 19.37 - 25) * 0.25);
    expectUsd(found, 'DynamoDB: point-in-time recovery', (45.28 + 19.37) * 0.2);
    // Asked for evenly over two months, and a tenth of the images deleted each month: of the 13 months of images, the youngest has half of them. So
    // 1,000,000 × 2 × (1 × 0.5 + 0.9 + 0.9² + … + 0.9¹²) = 2,000,000 × (7.4581 - 0.5) renditions, 10.37 GB, and 7,458,134 images of 3,740 bytes.
    const fading = report({ ...PLAIN, laterRenditionsPerImage: 2, ageCurve: [0.5, 0.5], deletionsPerMonth: 0.1 });
    expectUsd(fading, 'DynamoDB: point-in-time recovery', (10.37 + 25.98) * 0.2);
  });

  it('price backups of the table, and copies of both elsewhere', () => {
    const copyTo = { accountId: '444455556666', region: 'eu-west-1' };
    const found = report(PLAIN, {
      storage: {
        tableBackups: { everyHours: 24, keptDays: 35, lock: 'governance', copyTo },
        originalsReplica: { copyTo, lockedDays: 7, noncurrentDays: 30 },
      },
    });
    // 35 backups of 45.28 GB and as many copies: 3,169.6 GB × 0.10.
    expectUsd(found, 'Backups of the table', 316.96);
    // 30.4167 of them go to the other region: 1,377.3 GB × 0.02.
    expectUsd(found, 'Copies of backups: transfer', 27.55);
    // 1,000,000 × 0.02 / 1,000.
    expectUsd(found, 'Copies of originals: requests', 20);
    // 1,953.1 GB × 0.02.
    expectUsd(found, 'Copies of originals: transfer', 39.06);
    // 13,000,000 × 2 MiB are 25,390.6 GB × 0.004.
    expectUsd(found, 'Copies of originals: storage', 101.56);
  });

  it('price the CDN beyond what is free', () => {
    // 40,000,000 reads of 100 KiB: 3,814.7 GB, of which 1,024 are free: 2,790.7 × 0.085 = $237.21.
    expectUsd(report(), 'CloudFront: bytes to viewers', 237.21);
    // 10,000,000 of 40,000,000 are free: 30,000,000 × 0.01 / 10,000.
    expectUsd(report(), 'CloudFront: requests', 30);
    // 4,000,000 that no edge has × 0.0075 / 10,000.
    expectUsd(report(), 'CloudFront: Origin Shield', 3);
    // Of 40,000,000 reads three quarters are by names: 30,000,000 - 2,000,000 runs × 0.1 / 1,000,000. By content none runs.
    expectUsd(report({ ...PLAIN, readsByNameShare: 0.75 }), 'CloudFront: functions', 2.8);
    expect(usdOf(report(), 'CloudFront: functions')).to.equal(0);
  });

  it('price the invalidations of public images that are deleted', () => {
    // Of a million images a month, 1 % deleted a month, 1,000,000 × (1 - 0.99¹³) / 0.01 = 12,247,898 are stored. Three quarters of 122,479 deletions
    // are of public images: 91,859 paths, of which 1,000 are free: 90,859 × 0.005.
    const deleting = { ...PLAIN, deletionsPerMonth: 0.01, privateShare: 0.25 };
    expectUsd(report(deleting), 'CloudFront: invalidations', 454.3);
    expect(usdOf(report({ ...deleting, privateShare: 1 }), 'CloudFront: invalidations')).to.equal(0);
    // Ten times as many would be 918,592; CloudFront takes 15 in 60 s, which are 657,000 in 2,628,000 s: 656,000 × 0.005.
    expectUsd(report({ ...deleting, imagesPerDay: PLAIN.imagesPerDay * 10 }), 'CloudFront: invalidations', 3280);
  });

  it('price NAT gateways by hour and byte', () => {
    // Three gateways: 3 × 730 × 0.045.
    expectUsd(report(), 'NAT gateway: hours', 98.55);
    // 3,000,000 requests of messages of 3 KiB: 8.583 GB. Two workers with six consumers that ask every 20 s: 12 × 131,400 × 1 KiB, 1.504 GB. Log
    // lines: 5,000,000 requests of 350 bytes, and 1,000,000 messages of 1,430 + 4 × (245 + 510): 5.774 GB. Lines of the audit trail: 1,000,000 uploads of 400 bytes, 0.373 GB. 16.23 × 0.045.
    expectUsd(report(), 'NAT gateway: bytes', 0.7305);
  });

  it('price the audit trail', () => {
    // A line of 400 bytes for each of 1,000,000 uploads, which are requests of 350 bytes in the log of sync-upload.
    const uploads = 'Log of sync-upload: writing';
    expectUsd(report(), 'Log of audit: writing', (usdOf(report(), uploads) * 400) / 350);
    // A fifth of 40,000,000 reads is of private images: 8,000,000 more lines.
    const reading = report({ ...PLAIN, privateShare: 0.2 });
    expectUsd(reading, 'Log of audit: writing', (usdOf(reading, uploads) * 9 * 400) / 350);
  });

  it('price the load balancer by its largest dimension', () => {
    // Bytes: 1,953.1 GB of uploads, 381.5 GB past the CDN, and an answer of 600 + 4 × 250 + 700 bytes for each upload, 2.1 GB: 2,336.7 GB, an
    // LCU-hour each. Connections are 5,000,000 / 4 in a month, 0.48 a second, which is a fiftieth of an LCU. 2,336.7 × 0.008.
    expectUsd(report(), 'Load balancer: capacity units', 18.69);
    expectUsd(report(), 'Load balancer: hours', 730 * 0.0225);
  });

  it('price messages and polls', () => {
    // 3,000,000 requests of messages and 12 × 131,400 polls, less a million free ones: (4,576,800 - 1,000,000) × 0.4 / 1,000,000 = $1.43072, by
    // their numbers.
    expectUsd(report(), 'SQS: messages', (1.43072 * 3_000_000) / 4_576_800);
    expectUsd(report(), 'SQS: polls without a message', (1.43072 * 1_576_800) / 4_576_800);
  });

  it('price web ACLs by rule and request', () => {
    // The ACL of the CDN has four rules, and looks at 40,000,000 requests.
    expectUsd(report(), 'Web ACL of the CDN: itself', 5);
    expectUsd(report(), 'Web ACL of the CDN: rules', 4);
    expectUsd(report(), 'Web ACL of the CDN: requests', 24);
    // 1,000,000 uploads and 4,000,000 reads reach the load balancer.
    expectUsd(report(), 'Web ACL of the load balancer: requests', 3);
  });

  it('price Container Insights, and more of it with enhanced observability', () => {
    // 8 metrics of the cluster and 17 of each of four services are 76. With the worker's 18 and 5 counted from logs there are 99, of which 10 are
    // free: 76 / 99 × 89 × 0.30.
    expectUsd(report(), 'Container Insights: metrics', 20.497);
    // 2 KiB in each of 43,800 minutes for nine tasks, two of each service but three of downloads: 9 × 43,800 × 2,048 bytes.
    expect(amountOf(report(), 'Container Insights: events')).to.be.closeTo(0.7519, 0.0001);
    // Two tasks of a service on Fargate, two and three on instances, and two workers with a health check. The cluster has 3 + 23 metrics, the services
    // 5 + 2 × 23, 5 + 2 × 20 twice, and 5 + 2 × 21; their tasks 2 × 2 × 23, 5 × 2 × 20 and 2 × 2 × 21: 26 + 51 + 90 + 47 + 92 + 200 + 84 = 590.
    const observability = { containerInsights: 'enhanced' } as const;
    expectUsd(report(PLAIN, { observability }), 'Container Insights: metrics', 590 * 0.07);
  });

  it('price an environment without a CDN by its transfer to the Internet', () => {
    // All 40,000,000 reads of 100 KiB: 3,814.7 GB, and 2.14 GB of records: (3,816.8 - 100) × 0.09.
    expectUsd(report(PLAIN, {}, 'dev'), 'Transfer to the Internet', 334.5);
  });
});
