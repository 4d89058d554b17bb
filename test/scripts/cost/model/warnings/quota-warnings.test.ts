import { expect } from 'chai';
import { AWS_QUOTAS, type AwsQuotaName } from '../../../../../scripts/cost/model/warnings/aws-quotas.ts';
import { quotaWarnings } from '../../../../../scripts/cost/model/warnings/quota-warnings.ts';
import { WORKLOADS } from '../../../../../scripts/cost/workloads/all-workloads.ts';
import type { Workload } from '../../../../../scripts/cost/workloads/workload.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { pricedMonth } from '../../../../support/cost/priced.ts';

const sentences = (workload: Workload, name: 'prod' | 'dev' = 'prod'): string[] =>
  quotaWarnings(pricedMonth(name, workload)).map(({ sentence }) => sentence);

const readTimes = (rendition: number): Workload => ({ ...PLAIN, readsPerImage: { original: 0, rendition } });

/** For each quota a workload that takes less than all of it, and one that takes more, by what is worked out beside it. */
const LIMITS: Record<AwsQuotaName, [below: Workload, above: Workload]> = {
  // A million images, in 2,628,000 s: 250,000 requests a second are 657,000 reads of each.
  cdnRequests: [readTimes(650_000), readTimes(660_000)],
  // 150 gigabits a second are 18,750,000,000 bytes, 183,105 reads of 100 KiB, which are 481,201 reads of each image.
  cdnGigabits: [readTimes(475_000), readTimes(485_000)],
  // A read that the CDN has not is a read of S3: 5,500 a second, a tenth of 55,000, are 144,540 reads of each.
  prefixReads: [readTimes(143_000), readTimes(146_000)],
  // Four renditions of each image: 3,500 a second are 875 images, 2,300 times as many.
  prefixWrites: [times(2290), times(2310)],
  // 18 write units for each image with four renditions, four of which count for its owner; its upload and four reads past the CDN are counted, and the upload
  // twice among those at once: 25 units. 40,000 a second are 1,600 images, 4,205 times as many.
  tableWrites: [times(4190), times(4220)],
  // An image's reads past the CDN are 4, half a unit each, the worker's is one, and so is the upload's, which asks whether its owner is being erased: 4 units.
  // 40,000 a second are 26,280 times as many.
  tableReads: [times(26_200), times(26_400)],
  // 2,628,000 messages of a vCPU-second are a vCPU of four that a task has, and 20,000 tasks with six receivers have 120,000: 80,000 vCPU.
  messagesInFlight: [times(2.628 * 79_900), times(2.628 * 80_100)],
  // Each task of four vCPU fills an instance, and two instances answer downloads: 5,000 are 19,992 vCPU.
  clusterInstances: [unread(times(2.628 * 19_900)), unread(times(2.628 * 20_100))],
  // A task answers 40 downloads a second, and both services for uploads have two tasks: 996 tasks are 39,840 reads a second that the CDN has not,
  // 1,046,995 reads of each image.
  loadBalancerTargets: [readTimes(1_040_000), readTimes(1_055_000)],
};

function times(factor: number): Workload {
  return { ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * factor };
}

function unread(workload: Workload): Workload {
  return { ...workload, readsPerImage: { original: 0, rendition: 0 } };
}

describe('warnings of quotas of AWS', () => {
  for (const [name, [below, above]] of Object.entries(LIMITS) as [AwsQuotaName, [Workload, Workload]][]) {
    const { unit } = AWS_QUOTAS[name];
    it(`say where a workload takes too many ${unit}`, () => {
      expect(sentences(below).filter((sentence) => sentence.includes(unit))).to.deep.equal([]);
      expect(sentences(above).filter((sentence) => sentence.includes(unit))).to.have.length(1);
    });
  }

  it('name the quota with its source, the day on which it was read, and what to do', () => {
    const [found] = sentences(readTimes(660_000)).filter((sentence) => sentence.includes('requests a second'));
    expect(found).to.match(
      /^The workload takes 251,142 requests a second .*allows 250,000 by default \(https:\/\/docs\.aws.*read 2026-11-30\)\. Ask AWS/,
    );
  });

  it('are none of the CDN where there is none', () => {
    expect(sentences(readTimes(660_000), 'dev').join('\n')).to.not.include('CloudFront');
  });

  it('are given for the workload internet, and not for smaller ones', () => {
    const warned = Object.entries(WORKLOADS).filter(([, workload]) => sentences(workload).length > 0);
    expect(warned.map(([name]) => name)).to.deep.equal(['internet']);
  });

  it('have a source and a day each', () => {
    for (const [name, { source, read, limit }] of Object.entries(AWS_QUOTAS)) {
      expect(source, name).to.match(/^https:\/\/docs\.aws\.amazon\.com\//);
      expect(Date.parse(read), name).to.be.a('number').and.to.be.greaterThan(0);
      expect(limit, name).to.be.greaterThan(0);
    }
  });
});
