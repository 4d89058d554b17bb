import { expect } from 'chai';
import { ACCEPTED } from '../../../scripts/images/accepted-vulnerabilities.ts';
import { awaitScan, unaccepted } from '../../../scripts/images/scan.ts';
import { type Aws, refusalOf } from '../../../scripts/target-stack/aws-cli.ts';
import { rejectionOf } from '../../support/rejection.ts';

const IMAGE = { repository: 'image-service/worker', digest: `sha256:${'a'.repeat(64)}` };
const FINDINGS = [
  { name: 'CVE-2026-1', severity: 'CRITICAL', attributes: [{ key: 'package_name', value: 'perl' }] },
  { name: 'CVE-2026-2', severity: 'HIGH' },
];
const NOT_FOUND = refusalOf(
  'aws ecr: An error occurred (ScanNotFoundException) when calling the DescribeImageScanFindings operation: no',
);

/** Waits for a scan of which AWS says one thing after another. Each look is a minute after the last. */
async function wait(...said: (object | Error)[]) {
  let [looks, time] = [0, 0];
  const asked: string[][] = [];
  const aws: Aws = async (...command) => {
    asked.push(command);
    const answer = said[Math.min(looks, said.length - 1)];
    looks += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const clock = {
    now: () => time,
    sleep: async () => {
      time += 60_000;
    },
  };
  const found = await awaitScan(aws, IMAGE, { until: 5 * 60_000, clock });
  return { found, looks, asked };
}

const scan = (status: string, imageScanFindings: object = {}) => ({ imageScanStatus: { status }, imageScanFindings });

describe('the scan of a pushed image', () => {
  it('is waited for, also before it has begun', async () => {
    const { found, looks, asked } = await wait(NOT_FOUND, scan('PENDING'), scan('IN_PROGRESS'), scan('COMPLETE'));
    expect([found, looks]).to.deep.equal([[], 4]);
    expect(asked[0]).to.deep.equal([
      ...['ecr', 'describe-image-scan-findings', '--repository-name', IMAGE.repository],
      ...['--image-id', `imageDigest=${IMAGE.digest}`],
    ]);
  });

  it("has the findings of ECR's own scan, with their packages", async () => {
    const { found } = await wait(scan('COMPLETE', { findings: FINDINGS }));
    expect(found).to.deep.equal([
      { id: 'CVE-2026-1', severity: 'CRITICAL', of: 'perl' },
      { id: 'CVE-2026-2', severity: 'HIGH', of: undefined },
    ]);
  });

  it("has those of Amazon Inspector's, which never ends", async () => {
    const details = { vulnerabilityId: 'CVE-2026-3', vulnerablePackages: [{ name: 'zlib1g' }] };
    const enhancedFindings = [{ severity: 'CRITICAL', packageVulnerabilityDetails: details }];
    const { found } = await wait(scan('ACTIVE', { enhancedFindings }));
    expect(found).to.deep.equal([{ id: 'CVE-2026-3', severity: 'CRITICAL', of: 'zlib1g' }]);
  });

  it('is an error where ECR cannot scan the image', async () => {
    expect(String(await rejectionOf(wait(scan('UNSUPPORTED_IMAGE'))))).to.include('UNSUPPORTED_IMAGE');
  });

  it('is an error with the way to start one where none comes in time', async () => {
    const message = String(await rejectionOf(wait(NOT_FOUND)));
    expect(message).to.include('in time (PENDING)').and.include('aws ecr start-image-scan --repository-name');
  });

  it('is an error where AWS refuses to answer', async () => {
    const denied = refusalOf('aws: An error occurred (AccessDeniedException) when calling the X operation: no');
    expect(await rejectionOf(wait(denied))).to.equal(denied);
  });
});

describe('a critical vulnerability', () => {
  const found = [
    { id: 'CVE-2026-1', severity: 'CRITICAL', of: 'perl' },
    { id: 'CVE-2026-2', severity: 'HIGH' },
  ];
  const accepted = [{ id: 'CVE-2026-1', reason: 'never run', until: '2026-12-31' }];

  it('is reported with its package, and a lesser one is not', () => {
    expect(unaccepted(found, [], '2026-11-30')).to.deep.equal(['CVE-2026-1 of perl']);
  });

  it('is accepted until the last day of its acceptance, and not on the next', () => {
    expect(unaccepted(found, accepted, '2026-12-31')).to.deep.equal([]);
    expect(unaccepted(found, accepted, '2027-01-01')).to.deep.equal([
      'CVE-2026-1 of perl; it was accepted until 2026-12-31',
    ]);
  });

  it('is accepted with a reason, and for less than a year', () => {
    for (const { id, reason, until } of ACCEPTED) {
      expect(id).to.match(/^CVE-\d{4}-\d{4,}$/);
      expect(reason.length, id).to.be.above(10);
      expect(until, id).to.match(/^\d{4}-\d{2}-\d{2}$/);
      expect(Date.parse(until) - Date.now(), id).to.be.below(365 * 86_400_000);
    }
  });
});
