import { CommandError } from '../command-line.ts';
import type { Clock } from '../deploy/wait.ts';
import { type Aws, AwsRefusal } from '../target-stack/aws-cli.ts';
import type { Acceptance } from './accepted-vulnerabilities.ts';

export interface Vulnerability {
  id: string;
  severity: string;
  /** The package, where it is known. */
  of?: string | undefined;
}

/** What `aws ecr describe-image-scan-findings` answers, for ECR's own scan and for Amazon Inspector's. */
interface Answer {
  imageScanStatus?: { status: string; description?: string };
  imageScanFindings?: {
    findings?: { name: string; severity: string; attributes?: { key: string; value: string }[] }[];
    enhancedFindings?: {
      severity: string;
      packageVulnerabilityDetails?: { vulnerabilityId: string; vulnerablePackages?: { name: string }[] };
    }[];
  };
}

/** A scanned image: the repository's name and the digest of one platform's manifest, because an index is not scanned. */
export interface Scanned {
  repository: string;
  digest: string;
}

/** Inspector keeps on scanning: ACTIVE means that it has findings. */
const DONE = new Set(['COMPLETE', 'ACTIVE']);
const WAITING = new Set(['PENDING', 'IN_PROGRESS']);
const LOOK_EVERY_MS = 5_000;

/** Waits for the scan that a push starts, and returns what it has found. */
export async function awaitScan(
  aws: Aws,
  { repository, digest }: Scanned,
  { until, clock }: { until: number; clock: Clock },
): Promise<Vulnerability[]> {
  const named = ['--repository-name', repository, '--image-id', `imageDigest=${digest}`];
  for (;;) {
    const answer = await describe(aws, named);
    const { status, description } = answer?.imageScanStatus ?? { status: 'PENDING' };
    if (DONE.has(status)) return vulnerabilitiesIn(answer);
    if (!WAITING.has(status))
      throw new CommandError(
        `ECR has not scanned ${repository}@${digest}: ${status}${description ? `, ${description}` : ''}.`,
      );
    if (clock.now() >= until)
      throw new CommandError(
        `ECR has not scanned ${repository}@${digest} in time (${status}). Does the repository scan on push? To start a scan, as an administrator: aws ecr start-image-scan ${named.join(' ')}`,
      );
    await clock.sleep(LOOK_EVERY_MS);
  }
}

/** Undefined before the scan has begun. */
async function describe(aws: Aws, named: string[]): Promise<Answer | undefined> {
  try {
    return await aws('ecr', 'describe-image-scan-findings', ...named);
  } catch (error) {
    if (error instanceof AwsRefusal && error.code === 'ScanNotFoundException') return undefined;
    throw error;
  }
}

function vulnerabilitiesIn({ imageScanFindings = {} }: Answer = {}): Vulnerability[] {
  const { findings = [], enhancedFindings = [] } = imageScanFindings;
  const own = findings.map(({ name, severity, attributes = [] }) => ({
    id: name,
    severity,
    of: attributes.find(({ key }) => key === 'package_name')?.value,
  }));
  const ofInspector = enhancedFindings.map(({ severity, packageVulnerabilityDetails: details }) => ({
    id: details?.vulnerabilityId ?? 'without a name',
    severity,
    of: details?.vulnerablePackages?.map(({ name }) => name).join(', '),
  }));
  return [...own, ...ofInspector];
}

/** The critical vulnerabilities that nobody has accepted until that day, each in a sentence. */
export function unaccepted(found: readonly Vulnerability[], accepted: readonly Acceptance[], day: string): string[] {
  const critical = found.filter(({ severity }) => severity === 'CRITICAL');
  return critical.flatMap(({ id, of }) => {
    const acceptance = accepted.find((each) => each.id === id);
    if (acceptance && day <= acceptance.until) return [];
    const expired = acceptance ? `; it was accepted until ${acceptance.until}` : '';
    return [`${id}${of ? ` of ${of}` : ''}${expired}`];
  });
}
